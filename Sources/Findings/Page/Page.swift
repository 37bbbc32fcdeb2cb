import TextEscaping

/// One self-contained HTML page: no network, no script; dark and light by the reader's system, readable at phone
/// width.
struct Page {
    private var body = ""
    let title: String

    init(title: String) { self.title = title }

    /// Appends markup as it is.
    mutating func add(_ markup: String) { body += markup + "\n" }

    mutating func heading(_ text: String) { add("<h2>\(text.escapedForHTML)</h2>") }

    mutating func paragraph(_ text: String) { add("<p>\(text.escapedForHTML)</p>") }

    /// A table; the first column is flush left. Wide ones scroll by themselves on a narrow screen.
    mutating func table(_ head: [String], _ rows: [[String]]) {
        let names = head.map { "<th>\($0.escapedForHTML)</th>" }.joined()
        let lines = rows.map { row in
            "<tr>" + row.map { "<td>\($0.escapedForHTML)</td>" }.joined() + "</tr>"
        }
        add("<div class=wide><table><thead><tr>\(names)</tr></thead><tbody>")
        add(lines.joined(separator: "\n") + "</tbody></table></div>")
    }

    /// A shell command that a click selects whole.
    static func command(_ text: String) -> String { "<code class=command>\(text.escapedForHTML)</code>" }

    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title.escapedForHTML)</title>
        <style>\(Self.style)</style></head><body><main>
        \(body)</main></body></html>

        """
    }

    /// Colours: the two of Okabe & Ito (2008) that stay apart for every kind of colour vision.
    private static let style = """
        :root{color-scheme:light dark;--back:#fff;--text:#1a1c1e;--soft:#5c636a;--line:#d8dce0;--a:#0072b2;\
        --b:#d55e00;--fill:#f3f5f7}
        @media(prefers-color-scheme:dark){:root{--back:#15181b;--text:#e6e8ea;--soft:#9aa2aa;--line:#343a40;\
        --a:#56b4e9;--b:#ff9d5c;--fill:#1e2327}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--back);color:var(--text);font:15px/1.45 system-ui,sans-serif}
        main{max-width:1040px;margin:0 auto;padding:1rem}
        h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
        h3{font-size:.95rem;margin:1rem 0 .25rem}
        p,small,.note{color:var(--soft);margin:.3rem 0;overflow-wrap:anywhere}
        .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.6rem}
        .fact{background:var(--fill);border-radius:.5rem;padding:.6rem .8rem}
        .fact b{display:block;font-size:1.25rem;font-variant-numeric:tabular-nums}
        .fact span{color:var(--soft);font-size:.85rem}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
        th,td{text-align:right;padding:.25rem .45rem;border-bottom:1px solid var(--line);white-space:nowrap}
        th{color:var(--soft);font-weight:500}th:first-child,td:first-child{text-align:left}
        .row{display:grid;grid-template-columns:minmax(8rem,15rem) 1fr 20rem;gap:0 .8rem;align-items:center}
        .row>.value{text-align:right;font-variant-numeric:tabular-nums;font-size:.85rem;color:var(--soft);\
        white-space:nowrap}
        .row>.value b{color:var(--text)}
        .row>.part{padding-left:1rem;color:var(--soft)}.row>.part2{padding-left:2rem;color:var(--soft)}
        svg{display:block;width:100%;overflow:visible}svg text{fill:var(--soft);font-size:11px}
        .grid{stroke:var(--line)}.a{stroke:var(--a);fill:var(--a)}.b{stroke:var(--b);fill:var(--b)}
        .bar{fill:var(--a)}.mark{stroke:var(--b);stroke-width:2}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:1rem 1.5rem}
        .command{display:block;background:var(--fill);padding:.4rem .6rem;border-radius:.35rem;overflow-x:auto;\
        white-space:nowrap;user-select:all;font-size:.85rem;margin:.2rem 0}
        .worse{color:var(--b);font-weight:600}.better{color:var(--a);font-weight:600}
        @media(max-width:640px){.row{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 .6rem;\
        margin-bottom:.35rem}.row>svg{flex:0 0 100%;order:3}.row>.value{font-size:.8rem}}
        """
}
