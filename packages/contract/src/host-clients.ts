/**
 * The callbacks that a guest may send, as one table: client → method → argument list and value.
 * The kernel implements exactly these; `@imperal/sdk/guest` calls exactly these. Everything is snake_case JSON;
 * binary values are base64url strings.
 *
 * store     create [collection, data] → Document · get [collection, id] → Document | null · query [collection, {where, order_by, limit, cursor}] → Page<Document>
 *           update [collection, id, patch, {if_match?}] → Document (error not_found / store_conflict) · set [collection, id, data, {if_match?}] → Document (with if_match: errors not_found / store_conflict)
 *           delete [collection, id] → boolean · count [collection, where | null] → number
 *           list_users [collection | null, {page_size, cursor}] → {user_ids, next_cursor, truncated} (system only) · query_all [collection, {where, limit}] → Page (system only)
 * http      request [{method, url, headers, body_base64 | null, timeout}] → {status_code, headers, body_base64}
 * ai        complete [{prompt, model, system, temperature, max_tokens, schema}] → {text, model, usage, stop_reason, object?}
 *           stream [the same without schema] → stream id · next [stream id] → {text, result | null}: what has come since, at least something; `result` is that of `complete` and ends it · stop [stream id] → null
 * llm       create_message [{messages, system, max_tokens, purpose, model, temperature, top_p, presence_penalty, frequency_penalty, stop_sequences, tools, tool_choice}]
 *           → {content, stop_reason, model, usage} (blocks of sdk.md 10.1, `tool_use_id` in results)
 * notify    send [{message, priority, channel, subject, body, ...extra}] → null
 * cache     get [key, model] → envelope | null · claim [key, model] → envelope | null: waits for one that another call fetches; null: this one is to fetch it
 *           set [key, model, envelope, ttl_seconds] → null · delete [key] → null
 * secrets   get [name] → string | null · set [name, value] → null · delete [name] → boolean · is_set [name] → boolean · list [] → SecretStatus[]
 * skeleton  get [section] → object | null (skeleton handlers only)
 * storage   upload [path, content_base64, content_type] → FileInfo: a file of one part · begin [path, content_type] → upload id · part [upload id, content_base64] → null · finish [upload id] → FileInfo
 *           download [path, {offset, length, etag | null}] → {content_base64, size, etag} (error api_error 409 when another content has taken its place) · delete [path] → boolean
 *           list [prefix, {cursor | null}] → Page<FileInfo>
 * oauth     authorize_url [provider, login_hint | null] → address · refresh [{provider, collection, account_id, account, force, skew}] → {access_token, expires_at, refresh_token | null}
 * billing   check_limits [] · get_subscription [] · get_balance [] · track_usage [meter, quantity] · list_plans []
 *           list_entries [limit, offset] · list_payments [limit, offset] · list_payment_methods [] · get_auto_topup [] (apps of the platform only)
 * extensions call [app_id, method, params] → `data` of the callee's result (its error result is an error extension_error) · emit [event_type, data] → null
 * tools     discover [query, top_k] → ToolInfo[] · call [activity_name, params]
 * task      progress [percent, message] → null (error task_cancelled) · background [{name, long_running}] → {task_id}
 * chat      deliver [{text, msg_type, refresh_panels | null}] → null
 * platform  request [method, path, {query, body}] → {status, body} (apps of the platform only)
 */
export const HOST_CLIENTS = {
  store: ['create', 'get', 'query', 'update', 'set', 'delete', 'count', 'list_users', 'query_all'],
  http: ['request'],
  ai: ['complete', 'stream', 'next', 'stop'],
  llm: ['create_message'],
  notify: ['send'],
  cache: ['get', 'claim', 'set', 'delete'],
  secrets: ['get', 'set', 'delete', 'is_set', 'list'],
  skeleton: ['get'],
  storage: ['upload', 'begin', 'part', 'finish', 'download', 'delete', 'list'],
  oauth: ['authorize_url', 'refresh'],
  billing: [
    'check_limits',
    'get_subscription',
    'get_balance',
    'track_usage',
    'list_plans',
    'list_entries',
    'list_payments',
    'list_payment_methods',
    'get_auto_topup',
  ],
  extensions: ['call', 'emit'],
  tools: ['discover', 'call'],
  task: ['progress', 'background'],
  chat: ['deliver'],
  platform: ['request'],
} as const
export type HostClient = keyof typeof HOST_CLIENTS
