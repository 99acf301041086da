import type { Problem } from '../../errors.ts';
import type { OptionsRefused } from '../../rules/running/load.ts';
import type { ConfigSource } from '../config-source.ts';
import { jsonSchemaOf } from '../json-schema.ts';
import { findingsOf } from '../schema-problems.ts';
import type { Path } from '../yaml-document.ts';

/** Problems of the options, which stand at `path`, of a user's or a built-in file. */
export function optionProblems(
  error: OptionsRefused,
  path: Path,
  owner: string,
  options: unknown,
  problem: ConfigSource['problem'],
): Problem[] {
  return findingsOf(error.issues, jsonSchemaOf(error.schema), options, path).map((finding) =>
    problem(finding.path, `${finding.found} (${owner})`, finding.advice, finding.part),
  );
}
