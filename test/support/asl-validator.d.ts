/** The package brings no types of its own. */
declare module 'asl-validator' {
  /** Checks a parsed definition; adds defaults to it in passing, so give it a copy. */
  export default function validator(definition: unknown): {
    readonly isValid: boolean;
    readonly errorsText: (separator?: string) => string;
  };
}
