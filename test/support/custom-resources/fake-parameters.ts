import type { ParameterStore } from '../../../source/custom-resources/constants/parameter.ts';

/** An SSM in memory; `writes` counts what reached it. */
export class FakeParameters implements ParameterStore {
  readonly values = new Map<string, string>();
  writes = 0;

  get = async (name: string): Promise<string | undefined> => this.values.get(name);
  put = async (name: string, value: string): Promise<void> => {
    this.writes += 1;
    this.values.set(name, value);
  };
  putIfAbsent = async (name: string, value: string): Promise<boolean> => {
    if (this.values.has(name)) return false;
    await this.put(name, value);
    return true;
  };
  remove = async (name: string): Promise<void> => {
    this.values.delete(name);
  };
}
