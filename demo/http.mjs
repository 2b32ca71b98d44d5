// What the demo's two servers share.

/**
 * Listens on loopback. A taken port is one line that says which and what to do.
 *
 * @param {import('node:http').Server} server
 * @param {number} port 0 takes a free one.
 * @param {string} who Named in the error.
 * @returns {Promise<string>} The server's URL.
 */
export async function listen(server, port, who) {
  await new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} (${who}) is in use: stop what listens there and start again`)
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** A function that ends the server and its open connections. */
export function stopper(server) {
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/** Text made safe for HTML, attributes included. */
export function escape(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(text).replace(/[&<>"']/g, (character) => entities[character]);
}
