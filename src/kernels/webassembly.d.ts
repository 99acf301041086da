// The part of the WebAssembly API in use. The standard declarations come only with those of the
// whole browser DOM, whose global names this project must not see.
declare namespace WebAssembly {
  class Memory<Of extends ArrayBuffer | SharedArrayBuffer = SharedArrayBuffer> {
    constructor(
      descriptor: { initial: number } & (Of extends SharedArrayBuffer
        ? { maximum: number; shared: true }
        : unknown),
    );
    readonly buffer: Of;
    /** Returns the old size, in pages of 64 KiB. */
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
}
