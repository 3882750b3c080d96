// A file that somebody chose, as it is sent to the page's server.

export async function fileOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return { name: file.name, data: btoa(text) };
}
