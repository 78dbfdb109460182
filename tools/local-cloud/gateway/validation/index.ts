import { AwsError, errorResponse } from '../aws-error.ts';
import type { AwsRequest, AwsResponse, Interceptor, Next } from '../types.ts';
import { CheckerCompiler } from './checker.ts';
import type { Checker } from './checker.ts';
import { readServiceModel } from './model.ts';
import type { ServiceModel } from './model.ts';
import { withNewerOperations } from './newer-operations.ts';
import { refusal } from './refusal.ts';
import { semanticProblem } from './semantics.ts';

export interface ValidationDeps {
  /** botocore's data folder: `.../site-packages/botocore/data`. */
  readonly modelsDir: string;
}

/** Services that are checked, by their name in the credential scope, with botocore's folder. All speak a JSON protocol. */
const checkedServices: Readonly<Record<string, string>> = {
  'cognito-idp': 'cognito-idp',
  dynamodb: 'dynamodb',
  sqs: 'sqs',
  states: 'stepfunctions',
  ssm: 'ssm',
  logs: 'logs',
};

/**
 * Checks every request of the services above against the official service model, and against limits that AWS documents
 * outside of it, and refuses a bad one as AWS would, whatever the emulator would accept. Models are read on first use.
 */
export function validationInterceptor({ modelsDir }: ValidationDeps): Interceptor {
  const services = new Map<string, ServiceChecker>();
  return (request, next) => {
    const folder = checkedServices[request.service];
    const target = request.headers['x-amz-target'];
    if (folder === undefined || target === undefined) return afterwards(semanticProblem(request), request, next);
    let service = services.get(folder);
    if (service === undefined) {
      service = new ServiceChecker(withNewerOperations(folder, readServiceModel(modelsDir, folder)));
      services.set(folder, service);
    }
    return afterwards(service.refuses(request, target), request, next);
  };
}

function afterwards(refused: AwsError | undefined, request: AwsRequest, next: Next): Promise<AwsResponse> {
  return refused === undefined ? next(request) : Promise.resolve(errorResponse(request, refused));
}

class ServiceChecker {
  readonly #model: ServiceModel;
  readonly #compiler: CheckerCompiler;
  readonly #operations = new Map<string, Checker>();

  constructor(model: ServiceModel) {
    this.#model = model;
    this.#compiler = new CheckerCompiler(model);
  }

  /** The error with which the request must be refused, or undefined. */
  refuses(request: AwsRequest, target: string): AwsError | undefined {
    // Another API of the same signing name, as DynamoDB Streams.
    if (!target.startsWith(`${this.#model.metadata.targetPrefix ?? ''}.`)) return undefined;
    const check = this.#checker(request.action);
    if (check === undefined)
      return new AwsError('UnknownOperationException', `The operation ${request.action} does not exist.`);
    if (!isJsonObject(request))
      return new AwsError('SerializationException', 'The body of the request is not a JSON object.');
    const problems = check(request.params);
    return problems === undefined ? semanticProblem(request) : refusal(request.service, problems);
  }

  #checker(action: string): Checker | undefined {
    const known = this.#operations.get(action);
    if (known !== undefined) return known;
    const operation = this.#model.operations[action];
    if (operation === undefined) return undefined;
    const compiled: Checker =
      operation.input === undefined ? () => undefined : this.#compiler.checker(operation.input.shape);
    this.#operations.set(action, compiled);
    return compiled;
  }
}

/** The gateway parses a body that is no JSON object as one without members; only then is it worth a second look. */
function isJsonObject(request: AwsRequest): boolean {
  if (Object.keys(request.params).length > 0) return true;
  return /^\s*(\{\s*\}\s*)?$/.test(request.body.toString('utf8'));
}
