// What a platform does: send the order, then the parcel's manifest, and read what was refused.
//
//     npm install && node declare_parcels.js [BROKERS] [COUNT]
//
// The fields of both records, with units and bounds, are in docs/reference/records.md.
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
  clientId: "platform-a",
  brokers: brokers.split(","),
  logLevel: logLevel.ERROR,
});
const REASON = "__connect.errors.exception.message";
const PATIENCE_MS = 30_000;

const order = (number, now) => ({
  schema_version: 1,
  platform_id: "platform-a",
  order_id: `order-${number}`,
  ordered_at: now,
  seller_id: "seller-7",
  price_paid: 18.9,
  currency: "EUR",
  listing_title: "Printed cotton t-shirt, 2 pieces",
});

const manifest = (number, now) => ({
  schema_version: 1,
  manifest_id: `manifest-${number}`,
  item_id: `JS${String(number).padStart(9, "0")}`,
  id_scheme: "hawb",
  submitted_at: now,
  posted_at: now,
  platform_id: "platform-a",
  seller_id: "seller-7",
  order_id: `order-${number}`,
  channel: "express",
  operator_id: "carrier-1",
  origin_post_country: "CN",
  destination_country: "DE",
  transaction_nature: "sale",
  consignor: { id: "shipper-7", country: "CN", kind: "business" },
  consignee: {
    id: `buyer-${number}`,
    street: `Hauptstr. ${number}`,
    postcode: "10115",
    country: "DE",
  },
  gross_weight_kg: 0.42,
  total_value: 18.9,
  currency: "EUR",
  items: [
    {
      // Every tenth parcel is described as "gift", which says nothing about the goods.
      description: number % 10 === 9 ? "gift" : "cotton t-shirt, printed",
      hs_code: "610910",
      quantity: 2,
      value: 18.9,
      net_weight_kg: 0.36,
      origin: "CN",
    },
  ],
});

async function send() {
  const producer = kafka.producer();
  await producer.connect();
  const now = new Date().toISOString();
  const numbers = Array.from({ length: Number(count) }, (_, number) => number);
  const orders = numbers.map((number) => order(number, now));
  const parcels = numbers.map((number) => manifest(number, now));
  await producer.send({
    topic: "parcels.orders",
    messages: orders.map((one) => ({
      key: `${one.platform_id}:${one.order_id}`,
      value: JSON.stringify(one),
    })),
  });
  await producer.send({
    topic: "parcels.manifests",
    messages: [
      // The key is the consignee: so all parcels of one person are screened in their order.
      ...parcels.map((one) => ({ key: one.consignee.id, value: JSON.stringify(one) })),
      { key: "buyer-0", value: '{"schema_version": 1}' }, // breaks the contract: see below
    ],
  });
  await producer.disconnect();
  console.log(`sent ${count} orders and ${count} manifests, and one record that is no manifest`);
}

// Prints the first record that Greenlane could not read, and why; a platform reads on.
async function printRefused() {
  const consumer = kafka.consumer({ groupId: "platform-a-js", sessionTimeout: 6_000 });
  await consumer.connect();
  await consumer.subscribe({ topics: ["parcels.rejected"], fromBeginning: true });
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no answer within 30 s")), PATIENCE_MS).unref();
    const eachMessage = async ({ message }) => {
      console.log(`rejected: ${message.value}: ${message.headers[REASON]}`);
      resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
}

send()
  .then(printRefused)
  .catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
