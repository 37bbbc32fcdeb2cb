"""Reads an MCAP file with the mcap package, checks it against the table of the same rollout, prints JSON."""
import csv
import json
import struct
import sys
import zlib

from foxglove_schemas_protobuf.FrameTransform_pb2 import FrameTransform
from foxglove_schemas_protobuf.Log_pb2 import Log
from foxglove_schemas_protobuf.SceneUpdate_pb2 import SceneUpdate
from google.protobuf.descriptor import FieldDescriptor
from mcap.reader import make_reader
from mcap.records import Chunk
from mcap.stream_reader import StreamReader

log, table = sys.argv[1:3]
with open(log, "rb") as file:
    data = file.read()

# From front to back, every CRC checked.
with open(log, "rb") as file:
    records = list(StreamReader(file, validate_crcs=True, emit_chunks=True).records)
chunks = [record for record in records if isinstance(record, Chunk)]
assert chunks and all(chunk.compression == "lz4" and chunk.uncompressed_crc for chunk in chunks)
summary_start, offset_start, summary_crc = struct.unpack("<QQI", data[-28:-8])
assert summary_crc == zlib.crc32(data[summary_start:-12]), "the summary's CRC is wrong"
assert 0 < summary_start < offset_start < len(data)

# Through the index.
with open(log, "rb") as file:
    reader = make_reader(file, validate_crcs=True)
    summary = reader.get_summary()
    messages = [(channel.topic, schema.name, message.log_time, json.loads(message.data))
                for schema, channel, message in reader.iter_messages()]
    metadata = {entry.name: entry.metadata for entry in reader.iter_metadata()}
    middle = [message.log_time for _, _, message in reader.iter_messages(
        topics=["/vehicles"], starting_at=1_000_000_000, ending_before=2_000_000_000)]
assert middle == [100_000_000 * step for step in range(10, 20)], middle
statistics = summary.statistics
assert statistics.message_count == len(messages)
assert statistics.chunk_count == len(summary.chunk_indexes) == len(chunks)
for schema in summary.schemas.values():
    assert schema.encoding == "jsonschema" and json.loads(schema.data)["type"] == "object"
schemas = {topic: name for topic, name, _, _ in messages}
for topic, name in {"/road": "foxglove.SceneUpdate", "/vehicles": "foxglove.SceneUpdate",
                    "/tf": "foxglove.FrameTransform", "/events": "foxglove.Log",
                    "/ego/speed_mps": "longhaul.Scalar", "/ego/gap_m": "longhaul.Scalar"}.items():
    assert schemas.get(topic) == name, (topic, schemas.get(topic))


def conforms(value, schema):
    """Whether a message has the fields and types of its schema, as far as these schemas go."""
    kind = schema["type"]
    if kind == "object":
        properties = schema["properties"]
        return isinstance(value, dict) and set(value) == set(properties) and all(
            conforms(value[name], properties[name]) for name in properties)
    if kind == "array":
        return isinstance(value, list) and all(conforms(item, schema["items"]) for item in value)
    types = {"string": str, "number": (int, float), "integer": int, "boolean": bool}
    return isinstance(value, types[kind])


definitions = {schema.name: json.loads(schema.data) for schema in summary.schemas.values()}
for topic, name, time, message in messages:
    assert conforms(message, definitions[name]), (topic, time)

# What Foxglove itself published of its messages: every field, and no other, of the right type.
PUBLISHED = {"foxglove.SceneUpdate": SceneUpdate, "foxglove.FrameTransform": FrameTransform, "foxglove.Log": Log}
TIMES = {"google.protobuf.Timestamp", "google.protobuf.Duration"}


def fits(value, message, place):
    if message.full_name in TIMES:
        assert set(value) == {"sec", "nsec"} and all(isinstance(part, int) for part in value.values()), place
        return
    assert set(value) == {field.name for field in message.fields}, (place, value.keys())
    for field in message.fields:
        is_list = field.is_repeated if hasattr(field, "is_repeated") else field.label == FieldDescriptor.LABEL_REPEATED
        items = value[field.name] if is_list else [value[field.name]]
        assert isinstance(items, list), (place, field.name)
        for item in items:
            if field.message_type:
                fits(item, field.message_type, f"{place}.{field.name}")
            elif field.enum_type:
                assert item in field.enum_type.values_by_number, (place, field.name, item)
            elif field.cpp_type in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
                assert isinstance(item, (int, float)), (place, field.name)
            elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
                assert isinstance(item, str), (place, field.name)
            elif field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
                assert isinstance(item, bool), (place, field.name)
            else:
                assert isinstance(item, int), (place, field.name)


for topic, name, time, message in messages:
    if name in PUBLISHED:
        fits(message, PUBLISHED[name].DESCRIPTOR, f"{topic} at {time}")

# What the table says, the log says too.
rows = list(csv.DictReader(open(table)))
steps = max(int(row["step"]) for row in rows)
vehicles = {time: message for topic, _, time, message in messages if topic == "/vehicles"}
speeds = {time: message["value"] for topic, _, time, message in messages if topic == "/ego/speed_mps"}
for step in range(1, steps + 1):
    states = [row for row in rows if int(row["step"]) == step]
    cubes = vehicles[step * 100_000_000]["entities"][0]["cubes"]
    bodies = [cube for cube in cubes if cube["size"]["x"] != 0.2]
    assert len(bodies) == len(states), step
    assert len(cubes) - len(bodies) == sum(int(row["brake_lights"]) for row in states)
    for row, cube in zip(states, bodies):
        assert abs(cube["pose"]["position"]["x"] - float(row["x_m"])) < 0.001
        assert abs(cube["pose"]["position"]["y"] - float(row["y_m"])) < 0.001
    assert abs(speeds[step * 100_000_000] - float(states[0]["speed_mps"])) < 1e-5
print(json.dumps({"steps": steps, "vehicleMessages": len(vehicles), "command": metadata["longhaul"]["command"]}))
