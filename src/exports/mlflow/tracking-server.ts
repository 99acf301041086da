import { openAsBlob } from 'node:fs';
import type { z } from 'zod';
import { InputError } from '../../errors.ts';

/** Credentials of the client, as MLflow's own clients take them from the environment. */
interface MlflowVariables {
  MLFLOW_TRACKING_TOKEN?: string | undefined;
  MLFLOW_TRACKING_USERNAME?: string | undefined;
  MLFLOW_TRACKING_PASSWORD?: string | undefined;
}

/** MLflow's answer to a request that it refuses. */
interface RefusedAnswer {
  error_code?: string;
  message?: string;
}

interface Answered {
  ok: boolean;
  status: number;
  text: string;
}

/**
 * A tracking server of MLflow, by its REST interface. Throws InputError where it cannot be reached,
 * is none, or refuses a request.
 *
 * Source: https://mlflow.org/docs/latest/rest-api.html
 */
export class TrackingServer {
  readonly #base: string;
  /** The same for messages: without what could be a password. */
  readonly #shown: string;
  readonly #authorization: Record<string, string>;

  constructor(uri: string, credentials: MlflowVariables) {
    const url = URL.canParse(uri) ? new URL(uri) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw problem(`not the address of a server: ${JSON.stringify(withoutPassword(uri))}`, [
        'expected http://HOST:PORT or https://…, as `mlflow server` prints it',
      ]);
    }
    const { username, password } = url;
    // fetch takes no address with a password in it.
    Object.assign(url, { username: '', password: '' });
    this.#base = url.href.replace(/\/+$/, '');
    this.#shown = withoutPassword(uri).replace(/\/+$/, '');
    this.#authorization = {
      ...(username === '' ? {} : basic(decoded(username), decoded(password))),
      ...authorizationOf(credentials),
    };
  }

  /** The answer to a question, such as `runs/search`, which has this form. */
  async ask<Answer>(question: string, body: object, form: z.ZodType<Answer>): Promise<Answer> {
    const answer = await this.#json(question, { method: 'POST', body: JSON.stringify(body) });
    if (isAbsent(answer)) throw this.#refused(question, answer);
    return this.#read(answer, form);
  }

  /** The answer to a question that is asked by GET; null where what it names does not exist. */
  async get<Answer>(
    question: string,
    query: Record<string, string>,
    form: z.ZodType<Answer>,
  ): Promise<Answer | null> {
    const answer = await this.#json(`${question}?${new URLSearchParams(query)}`, { method: 'GET' });
    return isAbsent(answer) ? null : this.#read(answer, form);
  }

  /** Puts a file where the server keeps the artifacts that it is handed. */
  async putArtifact(path: string, file: string): Promise<void> {
    const url = `${this.#base}/api/2.0/mlflow-artifacts/artifacts/${encodeURI(path)}`;
    const answer = await this.#fetch(url, { method: 'PUT', body: await openAsBlob(file) });
    if (!answer.ok) throw this.#refused(`the artifact ${path}`, answer);
  }

  /** An answer that refuses nothing, or that what the question names does not exist. */
  async #json(question: string, request: RequestInit): Promise<Answered> {
    const url = `${this.#base}/api/2.0/mlflow/${question}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await this.#fetch(url, { ...request, headers });
    if (answer.ok || isAbsent(answer)) return answer;
    throw this.#refused(question, answer);
  }

  #read<Answer>({ status, text }: Answered, form: z.ZodType<Answer>): Answer {
    const read = form.safeParse(parsed(text));
    if (read.success) return read.data;
    throw this.#isNone(status);
  }

  async #fetch(url: string, request: RequestInit): Promise<Answered> {
    try {
      // A connection that is kept may be closed by the server while the next journal is read.
      const headers = { ...request.headers, ...this.#authorization, connection: 'close' };
      const answer = await fetch(url, { ...request, headers });
      return { ok: answer.ok, status: answer.status, text: await answer.text() };
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
      const why = cause?.code ?? cause?.message ?? message;
      throw problem(`no answer from ${this.#shown} (${why})`, [
        'start it with `mlflow server --port 5000`, or give the address of one that runs',
      ]);
    }
  }

  #refused(what: string, { status, text }: Answered): InputError {
    if (status === 401 || status === 403) {
      return problem(`${this.#shown} refused access (HTTP ${status})`, [
        'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN',
      ]);
    }
    const refusal = parsed(text) as RefusedAnswer | null;
    if (refusal?.error_code === undefined && status < 500) {
      return this.#isNone(status);
    }
    const why = oneLine(String(refusal?.message ?? text));
    return problem(`${this.#shown} refused ${what} (HTTP ${status}): ${why}`, [
      'nothing of this run counts; the same command tries again',
    ]);
  }

  #isNone(status: number): InputError {
    return problem(`${this.#shown} is no tracking server of MLflow (HTTP ${status})`, [
      'expected the address that `mlflow server` prints, without a path of its pages',
    ]);
  }
}

function isAbsent({ ok, text }: Answered): boolean {
  const refusal = parsed(text) as RefusedAnswer | null;
  return !ok && refusal?.error_code === 'RESOURCE_DOES_NOT_EXIST';
}

/** Text from a server, without characters that would steer a terminal. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function authorizationOf({
  MLFLOW_TRACKING_TOKEN: token,
  MLFLOW_TRACKING_USERNAME: user,
  MLFLOW_TRACKING_PASSWORD: password = '',
}: MlflowVariables): Record<string, string> {
  if (user) return basic(user, password);
  return token ? { authorization: `Bearer ${token}` } : {};
}

function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Whether an address holds what others should not read on a screen or in the list of processes. */
export function hasPassword(uri: string): boolean {
  return withoutPassword(uri) !== uri;
}

/** Up to the last @, since a password may hold one. */
function withoutPassword(uri: string): string {
  return uri.replace(/^(\w+:\/\/)?.*@/s, '$1…@');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function problem(found: string, advice: string[]): InputError {
  return new InputError({ path: ['--tracking-uri'], found, advice });
}
