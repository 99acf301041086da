/** Wall time that processes on this machine may take to be ready, in milliseconds. */
export const GATHER_MS = 120_000;

/** Where a run listens that starts all its processes itself: at a free port. */
export const LOOPBACK = { host: '127.0.0.1', port: 0 } as const;
