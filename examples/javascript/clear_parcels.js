// What a clearance system does: release what is clear, inspect what is held, report what it found.
//
//     npm install && node clear_parcels.js [BROKERS] [COUNT]
//
// Reads COUNT decisions and ends.
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = require("kafkajs");
const lz4 = require("lz4js");

// Greenlane writes LZ4, which this client leaves to another package.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

const { BROKERS = "127.0.0.1:9092" } = process.env;
const [brokers = BROKERS, count = "200"] = process.argv.slice(2);
const kafka = new Kafka({
  clientId: "clearance",
  brokers: brokers.split(","),
  logLevel: logLevel.ERROR,
});
const PATIENCE_MS = 60_000;

// The outcome of an inspection; here a gift is a violation and all else compliant.
function inspected(decision) {
  const vague = decision.reasons.some((reason) => reason.code === "R-VAGUE");
  return {
    schema_version: 1,
    // Made from the decision, so a report that is sent twice is the same report.
    outcome_id: `outcome-${decision.decision_id}`,
    decision_id: decision.decision_id,
    item_id: decision.item_id,
    inspected_at: new Date().toISOString(),
    result: vague ? "violation" : "compliant",
    violations: vague ? ["vague-description"] : [],
  };
}

async function main() {
  const producer = kafka.producer();
  // Decisions of a batch that was given up stay hidden: this client reads committed records only.
  const consumer = kafka.consumer({ groupId: "clearance-js", sessionTimeout: 6_000 });
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: ["parcels.hold", "parcels.clear"], fromBeginning: true });
  // What this system has done. In earnest: a table keyed by decision_id, for after a crash
  // decisions since the last commit are read again.
  const done = new Set();
  let released = 0;

  async function handle(decision) {
    if (decision.action === "hold") {
      const why = decision.reasons.slice(0, 2).map((reason) => reason.text).join("; ");
      console.log(`hold    ${decision.item_id}  ${Math.round(decision.probability * 100)}%  ${why}`);
      const value = JSON.stringify(inspected(decision));
      await producer.send({
        topic: "parcels.outcomes",
        messages: [{ key: decision.item_id, value }],
      });
    } else {
      released += 1; // in earnest: tell the carrier
    }
    done.add(decision.decision_id);
  }

  await new Promise((resolve, reject) => {
    const waited = () => reject(new Error(`only ${done.size} decisions within 60 s`));
    setTimeout(waited, PATIENCE_MS).unref();
    // An offset is committed only after this function has ended well for its record.
    const eachMessage = async ({ message }) => {
      const decision = JSON.parse(message.value);
      if (!done.has(decision.decision_id) && done.size < Number(count)) await handle(decision);
      if (done.size >= Number(count)) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  await producer.disconnect();
  console.log(`released ${released}, held ${done.size - released}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
