// Checks KEDA's ScaledObjects by the published schema: node check_scaling.js FILE...
// Prints what is wrong with the JSON files, a line each; the exit status is 1 if something is.
const { readFileSync } = require("node:fs");
const { ScaledObject } = require("@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject");

for (const file of process.argv.slice(2)) {
  try {
    new ScaledObject(JSON.parse(readFileSync(file, "utf8"))).validate();
  } catch (error) {
    console.log(`${file}: ${error.message.split("\n")[0]}`);
    process.exitCode = 1;
  }
}
