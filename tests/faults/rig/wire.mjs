// The wire between the component and Redis, which can lose answers.

import { connect, createServer } from 'node:net';

/** Listens on a port, and passes everything on to another until told otherwise. */
export async function startWire(to) {
  const faults = {
    /** Commands arrive, answers do not: the connection breaks instead. */
    forgets: false,
  };
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const both = [near, far];
    const end = () => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.once('error', end);
      socket.once('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => (faults.forgets ? end() : near.write(data)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    faults,
    stop: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}
