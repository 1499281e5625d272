// Checks AsyncAPI documents with AsyncAPI's own parser: node check_asyncapi.js FILE...
// Prints what is wrong, a line each; the exit status is 1 if a document is none.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

async function main() {
  for (const file of process.argv.slice(2)) {
    const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
    const grave = diagnostics.filter((found) => found.severity <= 1);
    for (const found of grave) console.log(`${file}: ${found.path.join(".")}: ${found.message}`);
    if (document === undefined || grave.length > 0) process.exitCode = 1;
  }
}

main();
