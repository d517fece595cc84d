/**
 * The callbacks that a guest may send, as one table: client → method → argument list and value.
 * The kernel implements exactly these; `@imperal/sdk/guest` calls exactly these. Everything is snake_case JSON;
 * binary values are base64url strings.
 *
 * store     create [collection, data] → Document · get [collection, id] → Document | null · query [collection, {where, order_by, limit, cursor}] → Page<Document>
 *           update [collection, id, patch, {if_match?}] → Document (error not_found / store_conflict) · set [collection, id, data] → Document
 *           delete [collection, id] → boolean · count [collection, where | null] → number
 *           list_users [collection | null, {page_size, cursor}] → {user_ids, next_cursor, truncated} (system only) · query_all [collection, {where, limit}] → Page (system only)
 * http      request [{method, url, headers, body_base64 | null, timeout}] → {status_code, headers, body_base64}
 * ai        complete [{prompt, model, system, temperature, max_tokens, schema}] → {text, model, usage, stop_reason, object?}
 * notify    send [{message, priority, channel, subject, body, ...extra}] → null
 * cache     get [key, model] → envelope | null · set [key, model, envelope, ttl_seconds] → null · delete [key] → null
 * secrets   get [name] → string | null · set [name, value] → null · delete [name] → boolean · is_set [name] → boolean · list [] → SecretStatus[]
 * skeleton  get [section] → object | null (skeleton handlers only)
 * storage   upload [path, content_base64, content_type] → FileInfo · download [path] → {content_base64} · delete [path] → boolean · list [prefix] → FileInfo[]
 * billing   check_limits [] · get_subscription [] · get_balance [] · track_usage [meter, quantity]
 * extensions call [app_id, method, params] → `data` of the callee's result (its error result is an error extension_error) · emit [event_type, data] → null
 * tools     discover [query, top_k] → ToolInfo[] · call [activity_name, params]
 * task      progress [percent, message] → null (error task_cancelled) · background [{name, long_running}] → {task_id}
 * chat      deliver [{text, msg_type, refresh_panels | null}] → null
 */
export const HOST_CLIENTS = {
  store: ['create', 'get', 'query', 'update', 'set', 'delete', 'count', 'list_users', 'query_all'],
  http: ['request'],
  ai: ['complete'],
  notify: ['send'],
  cache: ['get', 'set', 'delete'],
  secrets: ['get', 'set', 'delete', 'is_set', 'list'],
  skeleton: ['get'],
  storage: ['upload', 'download', 'delete', 'list'],
  billing: ['check_limits', 'get_subscription', 'get_balance', 'track_usage'],
  extensions: ['call', 'emit'],
  tools: ['discover', 'call'],
  task: ['progress', 'background'],
  chat: ['deliver'],
} as const
export type HostClient = keyof typeof HOST_CLIENTS
