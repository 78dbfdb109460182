import type { SchemaAttribute } from '../../model.ts';

/** Cognito's limit for any attribute value (service model, AttributeValueType). */
const MAX_VALUE_CHARS = 2048;

/** Lower and upper bound of lengths (String) or values (Number); unlimited where the schema names none. */
export function boundsOf({ type, min, max }: SchemaAttribute): { readonly min: number; readonly max: number } {
  const text = type === 'String';
  return {
    min: min === undefined ? (text ? 0 : -Infinity) : Number(min),
    max: max === undefined ? (text ? MAX_VALUE_CHARS : Infinity) : Number(max),
  };
}

/** Whether Cognito takes the value for an attribute of this schema; types without bounds take any text. */
export function attributeFits(attribute: SchemaAttribute, value: string): boolean {
  const { min, max } = boundsOf(attribute);
  switch (attribute.type) {
    case 'String': {
      const length = value.length > max ? [...value].length : value.length;
      return length >= min && length <= Math.min(max, MAX_VALUE_CHARS);
    }
    case 'Number': {
      const number = Number(value);
      return value.trim() !== '' && number >= min && number <= max;
    }
    case 'DateTime':
    case 'Boolean':
      return value.length <= MAX_VALUE_CHARS;
  }
}
