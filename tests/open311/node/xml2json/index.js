// XML to plain data with the root kept, each name once: enough for the answer to a new request.
const { DOMParser } = require("@xmldom/xmldom");

function plain(element) {
  const children = Array.from(element.childNodes).filter((node) => node.nodeType === 1);
  if (children.length === 0) return element.textContent;
  return Object.fromEntries(children.map((child) => [child.nodeName, plain(child)]));
}

exports.toJson = (xml) => {
  const root = new DOMParser().parseFromString(xml, "text/xml").documentElement;
  return { [root.nodeName]: plain(root) };
};
