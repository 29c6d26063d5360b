// XML to plain data by the Spark convention: an element whose children all have one name is an
// array of them, however few; the root is dropped; an empty element is null.
const { DOMParser } = require("@xmldom/xmldom");

function typed(text) {
  if (text === "true" || text === "false") return text === "true";
  return text !== "" && !isNaN(text) ? Number(text) : text;
}

function spark(element) {
  const children = Array.from(element.childNodes).filter((node) => node.nodeType === 1);
  if (children.length === 0) return element.textContent === "" ? null : typed(element.textContent);
  const names = new Set(children.map((child) => child.nodeName));
  if (names.size === 1) return children.map(spark);
  return Object.fromEntries(children.map((child) => [child.nodeName, spark(child)]));
}

exports.parseXml = (xml) => spark(new DOMParser().parseFromString(xml, "text/xml").documentElement);
