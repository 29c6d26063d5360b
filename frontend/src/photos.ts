/** The photos of a report: taken or chosen, made small, shown, left out again. */

import { type Photo, uuid } from "./store";

const MOST_BYTES = 300_000;
const MOST = 5;
const EDGES = [1600, 1280, 1024, 800];

/** Serve the inputs and the list of the first step. `said`: the words of the page; `changed`: after every change. */
export function photos(box: Element, kept: Photo[], said: Record<string, string>, changed: () => void): void {
  const list = box.querySelector<HTMLElement>("#kept")!;
  const label = box.querySelector("#shot-label")!;
  const first = label.textContent;
  const inputs = box.querySelectorAll<HTMLInputElement>("#photo, #gallery");

  const show = () => {
    list.replaceChildren(...kept.map(item));
    list.hidden = !kept.length;
    list.classList.toggle("one", kept.length === 1);
    label.textContent = kept.length ? said.another! : first;
    for (const input of inputs) input.disabled = kept.length >= MOST;
  };

  const item = (photo: Photo) => {
    const [line, image, button] = [document.createElement("li"), new Image(), document.createElement("button")];
    image.src = URL.createObjectURL(photo.file);
    image.onload = () => URL.revokeObjectURL(image.src);
    image.alt = said.photo!;
    button.type = "button";
    button.className = "btn";
    button.textContent = said.leave_out!;
    button.onclick = () => {
      kept.splice(kept.indexOf(photo), 1);
      show();
      changed();
      inputs[0]!.focus();
    };
    line.append(image, button);
    return line;
  };

  for (const input of inputs)
    input.onchange = async () => {
      const file = input.files?.[0];
      if (!file) return;
      box.setAttribute("aria-busy", "true");
      const small = await reduced(file).catch(() => null);
      kept.push({ id: uuid(), file: small ?? file, sent: false });
      input.value = "";
      box.removeAttribute("aria-busy");
      show();
      changed();
    };
  show();
}

/** The photo as a JPEG of at most 300 KB; null where it is small already or cannot be read here. */
async function reduced(file: File): Promise<Blob | null> {
  if (file.size <= MOST_BYTES || !self.createImageBitmap) return null;
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  for (const edge of EDGES) {
    const scale = Math.min(1, edge / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.8, 0.65, 0.5]) {
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob && blob.size <= MOST_BYTES) return blob;
    }
  }
  return null;
}
