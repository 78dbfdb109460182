import type { ServiceModel, ModelShape } from './model.ts';
import { wholeValuePattern } from './pattern.ts';

/** One thing that is wrong with a request. */
export interface Problem {
  /** `type`: not the JSON type of the member; `unknown`: no member of that name; `constraint`: breaks a rule of the model. */
  readonly kind: 'type' | 'unknown' | 'constraint';
  /** Where, in AWS's spelling: `userAttributes.1.member.name`. Never holds a value of the request. */
  readonly path: string;
  /** What: the constraint in AWS's words, or the types. */
  readonly text: string;
}

/** Checks one value; undefined when nothing is wrong. */
export type Checker = (value: unknown) => readonly Problem[] | undefined;

/** Compiles the shapes of one service as they are needed; each shape once. */
export class CheckerCompiler {
  readonly #model: ServiceModel;
  readonly #compiled = new Map<string, Checker>();

  constructor(model: ServiceModel) {
    this.#model = model;
  }

  /** The checker of a shape of the model; throws when the model has none of that name. */
  checker(shapeName: string): Checker {
    const known = this.#compiled.get(shapeName);
    if (known !== undefined) return known;
    const shape = this.#model.shapes[shapeName];
    if (shape === undefined) throw new Error(`The service model has no shape ${shapeName}.`);
    // Shapes can contain themselves (AttributeValue), so the entry must exist before its members are compiled.
    this.#compiled.set(shapeName, (value) => this.checker(shapeName)(value));
    const compiled = this.#compile(shape);
    this.#compiled.set(shapeName, compiled);
    return compiled;
  }

  #compile(shape: ModelShape): Checker {
    switch (shape.type) {
      case 'structure':
        return shape.document === true ? anything : this.#structure(shape);
      case 'list':
        return this.#list(shape);
      case 'map':
        return this.#map(shape);
      case 'string':
        return stringChecker(shape);
      case 'integer':
        return numberChecker(
          shape,
          (value) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31,
          'Integer',
        );
      case 'long':
        return numberChecker(shape, Number.isInteger, 'Long');
      case 'float':
      case 'double':
        return numberChecker(shape, () => true, 'Double');
      case 'boolean':
        return (value) => (typeof value === 'boolean' ? undefined : wrongType(value, 'Boolean'));
      // The JSON protocols carry epoch seconds, with fractions.
      case 'timestamp':
        return (value) => (typeof value === 'number' ? undefined : wrongType(value, 'Timestamp'));
      case 'blob':
        return blobChecker(shape);
      default:
        throw new Error(`The service model has a shape of the unknown type ${shape.type}.`);
    }
  }

  #structure(shape: ModelShape): Checker {
    const members = new Map<string, { path: string; check: Checker }>();
    for (const [name, member] of Object.entries(shape.members ?? {}))
      members.set(name, { path: lowerFirst(name), check: this.checker(member.shape) });
    const required = shape.required ?? [];
    return (value) => {
      if (!isObject(value)) return wrongType(value, 'Structure');
      const problems: Problem[] = [];
      for (const name of required) {
        if (value[name] === undefined || value[name] === null)
          problems.push({ kind: 'constraint', path: lowerFirst(name), text: 'Member must not be null' });
      }
      let present = 0;
      for (const name in value) {
        const given = value[name];
        const member = members.get(name);
        if (member === undefined)
          problems.push({ kind: 'unknown', path: name, text: `must be one of: ${[...members.keys()].join(', ')}` });
        // JSON null is an absent member.
        else if (given !== null && given !== undefined) {
          present += 1;
          within(member.path, member.check(given), problems);
        }
      }
      if (shape.union === true && present !== 1)
        problems.push({ kind: 'constraint', path: '', text: 'Exactly one member of the union must be set' });
      return problems.length === 0 ? undefined : problems;
    };
  }

  #list(shape: ModelShape): Checker {
    const check = this.checker(shape.member?.shape ?? '');
    return (value) => {
      if (!Array.isArray(value)) return wrongType(value, 'List');
      const problems: Problem[] = [];
      lengthProblem(value.length, shape, problems);
      for (let index = 0; index < value.length; index += 1)
        within(`${index + 1}.member`, check(value[index]), problems);
      return problems.length === 0 ? undefined : problems;
    };
  }

  #map(shape: ModelShape): Checker {
    const checkKey = this.checker(shape.key?.shape ?? '');
    const checkValue = this.checker(shape.value?.shape ?? '');
    return (value) => {
      if (!isObject(value)) return wrongType(value, 'Map');
      const problems: Problem[] = [];
      const keys = Object.keys(value);
      lengthProblem(keys.length, shape, problems);
      for (const key of keys) {
        within('key', checkKey(key), problems);
        within(`${key}.member`, checkValue(value[key]), problems);
      }
      return problems.length === 0 ? undefined : problems;
    };
  }
}

const anything: Checker = () => undefined;

function stringChecker(shape: ModelShape): Checker {
  const pattern = shape.pattern === undefined ? undefined : wholeValuePattern(shape.pattern);
  const allowed = shape.enum === undefined ? undefined : new Set(shape.enum);
  return (value) => {
    if (typeof value !== 'string') return wrongType(value, 'String');
    const problems: Problem[] = [];
    lengthProblem(codePoints(value, shape), shape, problems);
    if (pattern !== undefined && !pattern.test(value))
      problems.push(constraint(`Member must satisfy regular expression pattern: ${shape.pattern ?? ''}`));
    if (allowed !== undefined && !allowed.has(value))
      problems.push(constraint(`Member must satisfy enum value set: [${[...allowed].join(', ')}]`));
    return problems.length === 0 ? undefined : problems;
  };
}

function numberChecker(shape: ModelShape, fits: (value: number) => boolean, name: string): Checker {
  const { min = -Infinity, max = Infinity } = shape;
  return (value) => {
    if (typeof value !== 'number' || !fits(value)) return wrongType(value, name);
    if (value < min) return [constraint(`Member must have value greater than or equal to ${min}`)];
    if (value > max) return [constraint(`Member must have value less than or equal to ${max}`)];
    return undefined;
  };
}

function blobChecker(shape: ModelShape): Checker {
  return (value) => {
    if (typeof value !== 'string') return wrongType(value, 'Blob');
    if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value))
      return [{ kind: 'type', path: '', text: 'the value is not valid base64' }];
    const problems: Problem[] = [];
    lengthProblem(Buffer.byteLength(value, 'base64'), shape, problems);
    return problems.length === 0 ? undefined : problems;
  };
}

/** Length in code points, counted only where it can matter. */
function codePoints(value: string, { min = 0, max = Infinity }: ModelShape): number {
  return value.length > max || (value.length >= min && value.length < 2 * min) ? [...value].length : value.length;
}

function lengthProblem(length: number, { min, max }: ModelShape, problems: Problem[]): void {
  if (min !== undefined && length < min)
    problems.push(constraint(`Member must have length greater than or equal to ${min}`));
  if (max !== undefined && length > max)
    problems.push(constraint(`Member must have length less than or equal to ${max}`));
}

function constraint(text: string): Problem {
  return { kind: 'constraint', path: '', text };
}

function wrongType(value: unknown, expected: string): readonly Problem[] {
  const found =
    value === null
      ? 'NULL'
      : Array.isArray(value)
        ? 'START_ARRAY'
        : typeof value === 'object'
          ? 'START_OBJECT'
          : `${(typeof value).toUpperCase()}_VALUE`;
  return [{ kind: 'type', path: '', text: `${found} can not be converted to ${expected}` }];
}

function within(prefix: string, inner: readonly Problem[] | undefined, problems: Problem[]): void {
  if (inner === undefined) return;
  for (const problem of inner)
    problems.push({ ...problem, path: problem.path === '' ? prefix : `${prefix}.${problem.path}` });
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
