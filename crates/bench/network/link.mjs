// A slow network between a browser and a server on this machine: a TCP proxy that holds bytes back.
//
// All connections share one line in each direction, as on a telephone: bytes leave one after another at the line's rate and
// arrive half a round trip later. A new connection waits one round trip for its handshake. The proxy sees TLS and HTTP/2 as
// they are, so their round trips cost what they cost. It knows neither loss nor slow start.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Bytes of one connection on their way at a time: more are left with the sender, as a full window leaves them. */
const WINDOW = 32 * 1024;
/** Bytes of a packet, and of its headers. */
const PACKET = 1460;
const HEADERS = 40;

/**
 * @typedef {object} Network
 * @property {string} name
 * @property {number} down kbit/s to the browser
 * @property {number} up kbit/s from the browser
 * @property {number} rtt milliseconds of a round trip
 */

/** The first two are Lighthouse's "slow 4G" and WebPageTest's "4G". @type {Network[]} */
export const NETWORKS = [
  { name: 'slow 4G', down: 1_600, up: 750, rtt: 150 },
  { name: 'fast 4G', down: 9_000, up: 9_000, rtt: 60 },
  { name: 'not shaped', down: Infinity, up: Infinity, rtt: 0 },
];

/** One direction of the line. @param {number} kbits per second */
function line(kbits) {
  let free = 0;
  /** @param {number} bytes @returns {number} the time at which the last of them has left */
  return (bytes) => {
    const packets = Math.ceil(bytes / PACKET);
    free = Math.max(free, performance.now()) + ((bytes + packets * HEADERS) * 8) / kbits;
    return free;
  };
}

/**
 * Forwards connections to a port, as slowly as the network would.
 *
 * @param {number} port
 * @param {Network} network
 * @returns {Promise<{ port: number, received: () => number, close(): void }>} `received` counts the bytes that have reached
 *   the browser, with those of TLS and of HTTP's headers
 */
export async function shapedLink(port, { down, up, rtt }) {
  let received = 0;
  const lines = { down: line(down), up: line(up) };
  const sockets = new Set();

  /** Hands on what `from` sends, in order. */
  const forward = (from, to, leave, before, count) => {
    let held = 0;
    let last = Promise.resolve();
    from.on('data', (chunk) => {
      held += chunk.length;
      if (held > WINDOW) from.pause();
      const arrival = leave(chunk.length) + rtt / 2;
      last = last.then(async () => {
        await before;
        const rest = arrival - performance.now();
        if (rest > 0) await wait(rest);
        if (to.destroyed) return;
        to.write(chunk);
        count(chunk.length);
        held -= chunk.length;
        if (held <= WINDOW) from.resume();
      });
    });
    from.on('end', () => last.then(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => sockets.delete(from));
    sockets.add(from);
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (browser) => {
    const host = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const handshake = rtt > 0 ? wait(rtt) : Promise.resolve();
    forward(browser, host, lines.up, handshake, () => {});
    forward(host, browser, lines.down, handshake, (bytes) => (received += bytes));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    received: () => received,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
