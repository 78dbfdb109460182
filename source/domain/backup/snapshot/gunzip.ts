import { Gunzip } from 'fflate';

/** So much is unpacked at a time: gzip packs at most about 1:1000, and real profiles about 1:8. */
const PIECE = 32 * 1024;

/**
 * Unpacks a gzip file of any number of members, piece by piece. fflate and not node:zlib: it works within the caller's
 * own turn, so that nothing happens behind a virtual clock's back; it checks no CRC, which the caller's SHA-256 does
 * better. `refuse` throws the caller's error for what is no gzip.
 */
export async function* gunzipped(pieces: AsyncIterable<Uint8Array>, refuse: () => never): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  const gunzip = new Gunzip((data) => void unpacked.push(data));
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PIECE) {
      try {
        gunzip.push(piece.subarray(at, at + PIECE));
      } catch {
        refuse();
      }
      const ready = unpacked;
      unpacked = [];
      yield* ready;
    }
  }
}
