// A provider in its smallest form, for tests that need certain users rather than a whole Contoso.

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export interface Resource {
  id: string;
  [attribute: string]: unknown;
}

export class Scim {
  constructor(
    private readonly endpoint: string,
    private readonly token: string,
  ) {}

  async send(method: string, path: string, body?: unknown): Promise<{ status: number; body: Resource }> {
    const answer = await fetch(`${this.endpoint}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/scim+json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : {} };
  }

  async status(method: string, path: string): Promise<number> {
    return (await this.send(method, path)).status;
  }

  async user(userName: string, attributes: Record<string, unknown> = {}): Promise<Resource> {
    return this.made("/Users", { schemas: [USER], userName, active: true, ...attributes });
  }

  async group(displayName: string, members: string[] = [], attributes: Record<string, unknown> = {}): Promise<Resource> {
    return this.made("/Groups", { schemas: [GROUP], displayName, members: members.map((value) => ({ value })), ...attributes });
  }

  async patch(path: string, operations: Record<string, unknown>[]): Promise<{ status: number; body: Resource }> {
    return this.send("PATCH", path, { schemas: [PATCH], Operations: operations });
  }

  private async made(path: string, resource: Record<string, unknown>): Promise<Resource> {
    const { status, body } = await this.send("POST", path, resource);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}
