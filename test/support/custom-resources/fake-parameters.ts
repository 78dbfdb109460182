import type { ParameterStore } from '../../../source/custom-resources/constants/parameter.ts';

/** An SSM in memory; `writes` counts what reached it. */
export class FakeParameters implements ParameterStore {
  readonly values = new Map<string, string>();
  /** Tags by parameter. */
  readonly tags = new Map<string, Record<string, string>>();
  writes = 0;

  get = async (name: string): Promise<string | undefined> => this.values.get(name);
  put = async (name: string, value: string): Promise<void> => {
    this.writes += 1;
    this.values.set(name, value);
  };
  putIfAbsent = async (
    name: string,
    value: string,
    _description: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<boolean> => {
    if (this.values.has(name)) return false;
    await this.put(name, value);
    this.tags.set(name, { ...tags });
    return true;
  };
  tag = async (name: string, tags: Readonly<Record<string, string>>): Promise<void> => {
    this.tags.set(name, { ...this.tags.get(name), ...tags });
  };
  remove = async (name: string): Promise<void> => {
    this.values.delete(name);
  };
}
