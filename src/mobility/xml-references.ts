/**
 * What has to be passed over: comments, texts as they are, instructions and document types, whose own
 * declarations are read apart. Else an ampersand, with what it refers to.
 */
const PARTS =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]\s*)?>|&(?:(#?[^\s&;<>"']*);)?/g;
const DECLARED = /<!ENTITY\s+([^\s%]+)/g;
const OWN = ['amp', 'lt', 'gt', 'quot', 'apos'];

/** The first ampersand of an XML text that refers to nothing, and what is wrong with it; null for none. */
export function wrongReference(text: string): { offset: number; found: string } | null {
  if (!text.includes('&')) return null;
  const known = new Set(OWN);
  for (const { 0: part, 1: name, index: offset } of text.matchAll(PARTS)) {
    if (part.startsWith('<!DOCTYPE')) {
      for (const [, declared] of part.matchAll(DECLARED)) known.add(declared!);
    }
    if (!part.startsWith('&')) continue;
    if (name === undefined || name === '') {
      return { offset, found: 'a "&" by itself, expected "&amp;"' };
    }
    if (name.startsWith('#') ? isCharacter(name) : known.has(name)) continue;
    return { offset, found: `"${part}" stands for nothing, expected "&amp;${name};"` };
  }
  return null;
}

/** `#65` or `#x41`, of a character that XML may hold. */
function isCharacter(name: string): boolean {
  const [, decimal, hexadecimal] = /^#(?:(\d+)|x([\da-f]+))$/i.exec(name) ?? [];
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return (
    code < 0xd800 || (code >= 0xe000 && code <= 0x10ffff && code !== 0xfffe && code !== 0xffff)
  );
}
