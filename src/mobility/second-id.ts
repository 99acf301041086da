import type { InputError } from '../errors.ts';
import type { SumoDocument } from './sumo-document.ts';
import type { XmlElement } from './xml.ts';

/** For a second element of one name and id: SUMO refuses it, too. */
export function secondId(document: SumoDocument, element: XmlElement, id: string): InputError {
  return document.problem(
    element,
    `a second <${element.name}> with the id "${id}"`,
    'expected each id once: build the network with `netconvert`',
  );
}
