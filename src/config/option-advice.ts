import { InputError } from '../errors.ts';
import { OptionsRefused } from '../rules/running/load.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { findingsOf } from './schema-problems.ts';

/** Rethrows refused options of a rule as problems with advice. `where`: what gave the options. */
export function withOptionAdvice(options: unknown, where: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof OptionsRefused)) throw error;
    const findings = findingsOf(error.issues, jsonSchemaOf(error.schema), options);
    throw new InputError(
      findings.map(({ path, found, advice }) => ({
        found: `${where} ${path.join('.')}: ${found}`,
        advice,
      })),
    );
  };
}
