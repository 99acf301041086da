import type { Command } from 'commander';

interface SchemaOptions {
  out?: string;
  study?: boolean;
  markdown?: boolean;
  rules?: boolean;
  columns?: boolean;
}

export function addSchema(program: Command): void {
  program
    .command('schema')
    .description("print the config's JSON Schema, for editors")
    .option('--out <file>', 'write it to a file')
    .option('--study', "print a study's JSON Schema instead")
    .option('--markdown', 'print the page of all options instead')
    .option('--rules', 'print the page of all built-in rules instead')
    .option('--columns', 'print the page of all columns of CSV and Parquet files instead')
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim schema --out configs/experiment.schema.json
  $ edgemlsim schema --study --out configs/study.schema.json`,
    )
    .action(async (options: SchemaOptions) => {
      const text = await documentFor(options);
      if (options.out === undefined) {
        process.stdout.write(text);
        return;
      }
      const { writeGivenFile } = await import('../write-given-file.ts');
      await writeGivenFile(options.out, text);
    });
}

async function documentFor({ study, markdown, rules, columns }: SchemaOptions): Promise<string> {
  if (columns) {
    const { columnsPage } = await import('../report/columns-page.ts');
    const { parquetColumnsPage } = await import('../exports/parquet/tables.ts');
    return columnsPage() + parquetColumnsPage();
  }
  if (rules) return (await import('../config/rules-page.ts')).rulesPage();
  const documents = await import('../study/config-documents.ts');
  if (markdown) return documents.optionsPage();
  return study ? documents.studyJsonSchema() : documents.configJsonSchema();
}
