// How large the heap of the gateway's isolate is. workerd holds the emulator's own isolates too (its database, its way in), so
// that the size of the process says little about the gateway.

import { on, once } from 'node:events';

import WebSocket from 'ws';

/** What Miniflare calls the isolate of the first Worker. */
const OURS = '/core:user:';

/**
 * Asks workerd's inspector.
 *
 * @param {URL} inspector
 * @returns {Promise<{used: number, held: number}>} In bytes: what is in use or not collected yet, and what V8 holds for it,
 *   with what lies beside its heap.
 */
export async function heap(inspector) {
  const socket = new WebSocket(new URL(OURS, inspector));
  try {
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.getHeapUsage' }));
    for await (const [message] of on(socket, 'message')) {
      const { id, result } = JSON.parse(message);
      if (id === 1) return { used: result.usedSize, held: result.totalSize + result.embedderHeapUsedSize + result.backingStorageSize };
    }
  } finally {
    socket.close();
  }
}
