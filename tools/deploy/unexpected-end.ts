/** A stack or an execution ended otherwise than it must; the message tells how. */
export class UnexpectedEnd extends Error {
  override readonly name = 'UnexpectedEnd';
}
