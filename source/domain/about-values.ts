/**
 * InvalidParameterException is in Cognito's API model; the other two are what a value that breaks the form of a request, or
 * the model's own limits, is answered with.
 */
const ABOUT_VALUES: readonly string[] = ['InvalidParameterException', 'SerializationException', 'ValidationException'];

/** Whether Cognito refused, by this exception, a value of the request: the same request is refused again. */
export const isAboutValues = (exception: string): boolean => ABOUT_VALUES.includes(exception);
