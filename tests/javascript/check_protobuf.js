// Reads messages by the .proto files that are printed: node check_protobuf.js FOLDER NAME...
// Takes FOLDER/NAME.proto and FOLDER/NAME.bin; prints the first message type's fields as JSON.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Root, Type } = require("protobufjs");

const messageOf = (namespace) =>
  namespace.nestedArray.map((one) => (one instanceof Type ? one : messageOf(one)))[0];

for (const name of process.argv.slice(3)) {
  const file = join(process.argv[2], name);
  const root = new Root().loadSync(`${file}.proto`, { keepCase: true });
  const type = messageOf(root.lookup("greenlane"));
  const message = type.decode(readFileSync(`${file}.bin`));
  console.log(JSON.stringify(type.toObject(message, { longs: Number })));
}
