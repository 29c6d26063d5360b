// Calls every function of the client and prints what each gave, as one JSON object.
const Open311 = require("open311");

const [endpoint, format, key] = process.argv.slice(2);
const city = new Open311({
  endpoint, format, apiKey: key, jurisdiction: "tryout", discovery: `${endpoint}discovery.${format}`,
});

const call = (name, ...given) =>
  new Promise((resolve) => {
    city[name](...given, (error, data) => resolve(error ? { error, data } : data));
  });

async function run() {
  const found = { discovery: await call("serviceDiscovery", { cache: true }) };
  city.format = format;
  found.endpoint = city.endpoint;
  found.services = await call("serviceList");
  found.definition = await call("serviceDefinition", "light");
  const where = { lat: 0.15, long: 32.05 };
  const described = { service_code: "light", description: `A light & "more" ${format}`, ...where };
  found.created = await call("submitRequest", { ...described, attributes: { depth: "knee" } });
  found.refused = await call("submitRequest", { ...described, service_code: "none" });
  const later = { service_code: "survey", description: `Later ${format}`, ...where };
  found.token = (await call("submitRequest", later))[0].token;
  found.found = await call("token", found.token);
  const id = found.created[0].service_request_id;
  found.one = await call("serviceRequest", id, {});
  found.both = await call("serviceRequests", [id, found.found[0].service_request_id], {});
  found.open = await call("serviceRequests", { status: "open" });
  found.unknown = await call("serviceRequests", "none", {});
  console.log(JSON.stringify(found));
}

run();
