// Remembers the instance of the bundle's WebAssembly, so that its memory can be measured. Loaded before the bundle.

const { Instance } = WebAssembly;
let latest;
WebAssembly.Instance = class extends Instance {
  constructor(...parts) {
    super(...parts);
    latest = this;
  }
};

/** How large its memory is, in bytes. It only ever grows. */
export function memory() {
  return latest?.exports.memory.buffer.byteLength ?? 0;
}
