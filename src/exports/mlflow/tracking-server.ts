import { openAsBlob } from 'node:fs';
import { InputError } from '../../errors.ts';

/** Who asks, as MLflow's own clients take it from the environment. */
interface MlflowVariables {
  MLFLOW_TRACKING_TOKEN?: string | undefined;
  MLFLOW_TRACKING_USERNAME?: string | undefined;
  MLFLOW_TRACKING_PASSWORD?: string | undefined;
}

/** What MLflow answers a request that it refuses. */
interface RefusedAnswer {
  error_code?: string;
  message?: string;
}

/**
 * A tracking server of MLflow, by its REST interface. Throws InputError where it cannot be reached,
 * is none, or refuses a request.
 *
 * Source: https://mlflow.org/docs/latest/rest-api.html
 */
export class TrackingServer {
  readonly #base: string;
  readonly #authorization: Record<string, string>;

  constructor(uri: string, credentials: MlflowVariables) {
    if (!/^https?:$/.test(URL.canParse(uri) ? new URL(uri).protocol : '')) {
      throw problem(`not the address of a server: ${JSON.stringify(uri)}`, [
        'expected http://HOST:PORT or https://…, as `mlflow server` prints it',
      ]);
    }
    this.#base = uri.replace(/\/+$/, '');
    this.#authorization = authorizationOf(credentials);
  }

  /** The answer to a question, such as `runs/search`; null where what it names does not exist. */
  async ask<Answer>(question: string, body: object): Promise<Answer | null> {
    return await this.#json(question, { method: 'POST', body: JSON.stringify(body) });
  }

  /** The answer to a question that is asked by GET. */
  async get<Answer>(question: string, query: Record<string, string>): Promise<Answer | null> {
    return await this.#json(`${question}?${new URLSearchParams(query)}`, { method: 'GET' });
  }

  /** Puts a file where the server keeps the artifacts that it is handed. */
  async putArtifact(path: string, file: string): Promise<void> {
    const url = `${this.#base}/api/2.0/mlflow-artifacts/artifacts/${encodeURI(path)}`;
    const answer = await this.#fetch(url, { method: 'PUT', body: await openAsBlob(file) });
    if (!answer.ok) throw this.#refused(`the artifact ${path}`, answer, await answer.text());
  }

  async #json<Answer>(question: string, request: RequestInit): Promise<Answer | null> {
    const url = `${this.#base}/api/2.0/mlflow/${question}`;
    const answer = await this.#fetch(url, {
      ...request,
      headers: { 'content-type': 'application/json' },
    });
    const text = await answer.text();
    const value = parsed(text);
    if (answer.ok && value !== null) return value as Answer;
    if ((value as RefusedAnswer | null)?.error_code === 'RESOURCE_DOES_NOT_EXIST') return null;
    throw this.#refused(question, answer, text);
  }

  async #fetch(url: string, request: RequestInit): Promise<Response> {
    try {
      // A connection that is kept may be closed by the server while the next journal is read.
      const headers = { ...request.headers, ...this.#authorization, connection: 'close' };
      return await fetch(url, { ...request, headers });
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
      const why = cause?.code ?? cause?.message ?? message;
      throw problem(`no answer from ${this.#base} (${why})`, [
        'start it with `mlflow server --port 5000`, or give the address of one that runs',
      ]);
    }
  }

  #refused(what: string, { status }: Response, text: string): InputError {
    if (status === 401 || status === 403) {
      return problem(`${this.#base} refused access (HTTP ${status})`, [
        'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN',
      ]);
    }
    const refusal = parsed(text) as RefusedAnswer | null;
    if (refusal?.error_code === undefined && status < 500) {
      return problem(`${this.#base} is no tracking server of MLflow (HTTP ${status})`, [
        'expected the address that `mlflow server` prints, without a path of its pages',
      ]);
    }
    const why = refusal?.message ?? text.slice(0, 200);
    return problem(`${this.#base} refused ${what} (HTTP ${status}): ${why}`, [
      'nothing of this run counts; the same command tries again',
    ]);
  }
}

function authorizationOf({
  MLFLOW_TRACKING_TOKEN: token,
  MLFLOW_TRACKING_USERNAME: user,
  MLFLOW_TRACKING_PASSWORD: password = '',
}: MlflowVariables): Record<string, string> {
  if (user) {
    const basic = Buffer.from(`${user}:${password}`).toString('base64');
    return { authorization: `Basic ${basic}` };
  }
  return token ? { authorization: `Bearer ${token}` } : {};
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
