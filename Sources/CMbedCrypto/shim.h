#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
