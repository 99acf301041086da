import type { z } from 'zod';

/** Whether a value is what a schema says. */
export type ValueCheck = (value: unknown) => boolean;

/**
 * The check of a schema as one function without branches on the schema: a journal has millions of lines.
 * Says no more than yes or no; the schema itself says why. Parts of kinds that it does not know are
 * checked by themselves.
 */
export function compiledCheck(schema: z.core.$ZodType): ValueCheck {
  const constants: unknown[] = [];
  const expression = expressionOf(schema, 'value', constants, 0);
  return new Function('constants', `return (value) => ${expression}`)(constants) as ValueCheck;
}

const IS_NO_MAP = (value: string) => `typeof ${value} !== 'object' || ${value} === null`;

/** A JavaScript expression over the variable `value`. `depth`: of lists and maps around it. */
function expressionOf(
  schema: z.core.$ZodType,
  value: string,
  constants: unknown[],
  depth: number,
): string {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const inner = (type: z.core.$ZodType) => expressionOf(type, value, constants, depth);
  const item = `item${depth}`;
  const each = (type: z.core.$ZodType) => expressionOf(type, item, constants, depth + 1);
  switch (def.type) {
    case 'string':
      return `typeof ${value} === 'string'`;
    case 'boolean':
      return `typeof ${value} === 'boolean'`;
    case 'number':
      return numberExpression(def, value) ?? bySchema(schema, value, constants);
    case 'literal':
      return `(${def.values.map((one) => `${value} === ${JSON.stringify(one)}`).join(' || ')})`;
    case 'enum':
      constants.push(new Set(Object.values(def.entries)));
      return `constants[${constants.length - 1}].has(${value})`;
    case 'union':
      return `(${def.options.map(inner).join(' || ')})`;
    case 'nullable':
      return `(${value} === null || ${inner(def.innerType)})`;
    case 'optional':
    case 'readonly':
      return inner(def.innerType);
    case 'array':
      return `(Array.isArray(${value}) && ${value}.every((${item}) => ${each(def.element)}))`;
    case 'tuple': {
      if (def.rest !== null) return bySchema(schema, value, constants);
      const items = def.items.map((one, index) =>
        expressionOf(one, `${value}[${index}]`, constants, depth),
      );
      return `(Array.isArray(${value}) && ${value}.length === ${items.length} && ${items.join(' && ')})`;
    }
    case 'record':
      return `!(${IS_NO_MAP(value)} || Array.isArray(${value})) && Object.values(${value}).every((${item}) => ${each(def.valueType)})`;
    case 'object': {
      const fields = Object.entries(def.shape).map(([name, field]) => {
        const isOptional = (field as z.core.$ZodTypes)._zod.def.type === 'optional';
        const at = `${value}.${identifier(name)}`;
        const holds = expressionOf(field, at, constants, depth);
        // No value of JSON is undefined.
        return isOptional ? `(${at} === undefined || ${holds})` : holds;
      });
      return `!(${IS_NO_MAP(value)} || Array.isArray(${value})) && ${fields.join(' && ')}`;
    }
    default:
      return bySchema(schema, value, constants);
  }
}

function bySchema(schema: z.core.$ZodType, value: string, constants: unknown[]): string {
  constants.push(schema);
  return `constants[${constants.length - 1}].safeParse(${value}).success`;
}

/** Null for numbers of a kind that it does not know. */
function numberExpression(
  { checks = [], ...def }: z.core.$ZodNumberDef,
  value: string,
): string | null {
  const { format } = def as { format?: string };
  if (format !== undefined && format !== 'safeint') return null;
  const bounds = checks.map((check) => {
    const bound = check._zod.def as { check: string; value?: number; inclusive?: boolean };
    const isLeast = bound.check === 'greater_than' && bound.inclusive === true;
    return isLeast ? ` && ${value} >= ${bound.value}` : null;
  });
  if (bounds.includes(null)) return null;
  const kind = format === undefined ? 'isFinite' : 'isSafeInteger';
  return `(Number.${kind}(${value})${bounds.join('')})`;
}

/** A name that may stand behind a dot. */
function identifier(name: string): string {
  if (/^[A-Za-z]\w*$/.test(name)) return name;
  throw new Error(`no check for the field ${name}`);
}
