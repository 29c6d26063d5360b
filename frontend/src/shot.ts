/** The first step: shows the photo, and makes it small before it is sent. */

const MOST_BYTES = 300_000;
const EDGES = [1600, 1280, 1024, 800];

export function shot(box: HTMLElement): void {
  const preview = document.getElementById("preview") as HTMLImageElement;
  const label = document.getElementById("shot-label");
  const inputs = ["photo", "gallery"].map((id) => document.getElementById(id) as HTMLInputElement);
  for (const input of inputs)
    input.onchange = async () => {
      const file = input.files?.[0];
      if (!file) return;
      for (const other of inputs) if (other !== input) other.value = "";
      preview.src = URL.createObjectURL(file);
      preview.hidden = false;
      if (label) label.textContent = inputs[0]!.dataset.again ?? label.textContent;
      box.closest("form")?.setAttribute("aria-busy", "true");
      const small = await reduced(file).catch(() => null);
      if (small) replace(input, small);
      box.closest("form")?.removeAttribute("aria-busy");
    };
}

/** The photo as a JPEG of at most 300 KB; null where it is small already or cannot be read here. */
async function reduced(file: File): Promise<File | null> {
  if (file.size <= MOST_BYTES || !self.createImageBitmap) return null;
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  for (const edge of EDGES) {
    const scale = Math.min(1, edge / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.8, 0.65]) {
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob && blob.size <= MOST_BYTES) return new File([blob], "photo.jpg", { type: "image/jpeg" });
    }
  }
  return null;
}

function replace(input: HTMLInputElement, file: File): void {
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
}
