// Compiled, never run: it holds that the types made from the OpenAPI document say what the service answers.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/user-reports.js";

const client = createClient<paths>({
  baseUrl: "http://127.0.0.1:5080",
  headers: { Authorization: "Token KEY" },
});

type Report = components["schemas"]["Report"];

/** Every report of a query, page by page. */
export async function* readAll(q: string): AsyncGenerator<Report> {
  let cursor: string | null = "";
  while (cursor !== null) {
    const page: components["schemas"]["ReportPage"] = await list(q, cursor);
    yield* page.results;
    cursor = page.next === null ? null : new URL(page.next, "http://127.0.0.1:5080").searchParams.get("cursor");
  }
}

async function list(q: string, cursor: string) {
  const { data, error } = await client.GET("/api/v2/user-reports/", {
    params: { query: { q, cursor, limit: 1000, count: false } },
  });
  if (error) throw new Error(`${error.code}: ${error.detail} ${error.errors?.[0]?.suggestions?.join(", ") ?? ""}`);
  return data;
}

export async function readOne(uid: string): Promise<string> {
  const { data } = await client.GET("/api/v2/user-reports/{user_uid}/", { params: { path: { user_uid: uid } } });
  const report = data?.[0];
  if (!report) return "nobody";
  const left: number | null = report.service_usage.balances.storage_bytes?.balance_value ?? null;
  const role: string = report.organization?.role ?? "in no organisation";
  const price: string | null | undefined = report.subscriptions[0]?.items[0]?.price?.human_readable_price;
  return `${report.username}: ${role}, ${left ?? "unlimited"}, ${price ?? "free"}`;
}

export async function readFigures(): Promise<number> {
  const { data } = await client.GET("/api/v2/user-reports/summary/", {
    params: { query: { group_by: "is_active", metrics: "count" } },
  });
  return data?.groups.reduce((sum, group) => sum + (group.values["count"] ?? 0), 0) ?? 0;
}

export async function refresh(): Promise<"in_progress" | "completed" | "aborted" | undefined> {
  const { data } = await client.POST("/api/v2/user-reports/runs/");
  return data?.status;
}

export async function download(): Promise<Blob | undefined> {
  const { data } = await client.GET("/api/v2/user-reports/export/", {
    params: { query: { format: "parquet" } },
    parseAs: "blob",
  });
  return data;
}

// What the document does not have must not compile; were the types "any", these lines would be the errors.
export async function refused(report: Report) {
  // @ts-expect-error: a misspelt parameter
  await client.GET("/api/v2/user-reports/", { params: { query: { orderng: "username" } } });
  // @ts-expect-error: a format that there is not
  await client.GET("/api/v2/user-reports/export/", { params: { query: { format: "pdf" } } });
  // @ts-expect-error: a route that there is not
  await client.GET("/api/v2/user-reports/nothing/here/");
  // @ts-expect-error: a member that there is not
  console.log(report.usernam);
  // @ts-expect-error: an account may be in no organisation
  console.log(report.organization.name);
  // @ts-expect-error: a balance may be unlimited
  const left: number = report.service_usage.balances.submission?.balance_value;
  return left;
}
