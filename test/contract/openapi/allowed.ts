/** A difference between what is served and what was published, and why it is meant. */
interface Allowed {
  readonly what: string | RegExp
  readonly why: string
}

/** Public operations that are not served yet. */
export const MISSING: readonly string[] = []

/** Every known difference to the documents of an earlier version (api.md 9). One that is gone has to go here, too. */
export const ALLOWED: readonly Allowed[] = [
  {
    what: /^\w+ \/v1\/internal\/config\/llm.*: body (enforced|role_defaults|updated_by): not taken here$/,
    why: 'Models are set for the installation; who set them is the caller.',
  },
  {
    what: /^\w+ \/v1\/internal\/config\/llm.*: body config: (optional there, required|object\|null there, object) here$/,
    why: 'Without it there is nothing to change or to try.',
  },
  {
    what: /^\w+ \/v1\/internal\/store\b.*: (query|body) tenant_id: required there/,
    why: 'Left out means the tenant of the user; any other is refused (api.md 7.1).',
  },
  {
    what: /^\w+ \/v1\/internal\/(store|notify)\b.*: (query|body) user_id(: required there| default)/,
    why: 'The user may come as X-Acting-User (api.md 1.6); without one by id nothing is opened (api.md 3.24).',
  },
  {
    what: /^\w+ \/v1\/internal\/storage\b.*: (query|body) extension_id/,
    why: 'Every file is one of an app.',
  },
  {
    what: 'GET /v1/internal/skeleton/{user_id}/{section}: query extension_id default: "" there, none here',
    why: '`app_id` is the same; without either there is no snapshot.',
  },
  {
    what: 'POST /v1/internal/ai/complete: body prompt: required there, optional here',
    why: 'Either a prompt or messages (api.md 3.25).',
  },
  {
    what: 'POST /v1/internal/ai/complete: body model default: "gpt-4o-mini" there, "" here',
    why: 'Left out means the configured model, as that name does.',
  },
  {
    what: 'POST /v1/internal/storage/upload: body file: required there, optional here',
    why: 'Its older name `data` is taken as well (api.md 3.25).',
  },

  {
    what: /^DELETE \/v1\/developer\/apps\/\{app_id\}: body confirm_name maxLength/,
    why: 'Names of apps may be longer than their ids.',
  },
  { what: 'DELETE /v1/users/{user_id}: query permanent default: false there, none here', why: 'Left out means false.' },
  { what: 'GET /v1/users: query include_inactive default: false there, none here', why: 'Left out means false.' },
  { what: 'PATCH /v1/roles/{role_id}: query cascade default: false there, none here', why: 'Left out means false.' },
  {
    what: 'GET /v1/users: query limit maximum: 200 there, 1000 here',
    why: 'The admin client of services never pages (api.md 3.4); people get 200.',
  },
  {
    what: 'GET /v1/users: query limit default: 50 there, none here',
    why: '50 for people, 1,000 for services (api.md 3.4).',
  },
  {
    what: 'GET /v1/actions: query kwargs: not taken here',
    why: 'An artefact of the document (api.md 3.18); unknown parameters are ignored.',
  },
  {
    what: 'GET /v1/developer/apps/{app_id}/analytics: query days default: 30 there, none here',
    why: '30, or what the tier allows when that is less (K10.5).',
  },
  {
    what: /^GET \/v1\/events\/stream: query (tenant_id|token) default/,
    why: 'Left out means the own tenant, and no token in the address.',
  },
  {
    what: 'GET /v1/internal/actions/stats: query user_id: required there, optional here',
    why: '`admin=true` asks for the whole installation (api.md 3.18).',
  },
  {
    what: /^GET \/v1\/marketplace\/apps: query (page|per_page) default/,
    why: '`limit` and `offset` of the seed win; left out means the first 20.',
  },
  {
    what: /^(POST|PATCH) \/v1\/tenants.*: body db_(config|backend): not taken here$/,
    why: 'Tenants share one database (decision 2026-11-29, tenants and administrators).',
  },
  {
    what: 'POST /v1/tenants: body isolation default: "dedicated" there, none here',
    why: 'Tenants share one database (decision 2026-11-29, tenants and administrators).',
  },
  {
    what: 'POST /v1/auth/logout: body refresh_token: required there, optional here',
    why: 'Signing out with an access token alone ends its session.',
  },
  {
    what: /^POST \/v1\/billing\/internal\/usage\/track: body (user_id|tenant_id): required there/,
    why: 'They may come as X-Acting-User (api.md 3.11).',
  },
  {
    what: /^POST \/v1\/developer\/apps: body (display_name|git_url): required there/,
    why: 'The seed’s minimal body has `name` and no repository (S001).',
  },
  {
    what: 'POST /v1/developer/apps/{app_id}/deploys: body: application/json there, multipart/form-data here',
    why: 'Both are taken; code comes as multipart (decisions 2).',
  },
  {
    what: 'POST /v1/developer/apps/{app_id}/deploys: body commit_sha: required there, optional here',
    why: 'The seed’s body has `version` and `changelog` (S001).',
  },
  {
    what: 'POST /v1/developer/apps/{app_id}/deploys: body status default: "success" there, none here',
    why: 'Only a finished record has a status; a deploy earns its own.',
  },
  {
    what: 'POST /v1/developer/payouts/request: body amount_tokens minimum: 10000 there, 1 here',
    why: 'The operator sets the minimum (K10.31); below it the answer is 422 as well.',
  },
  {
    what: 'POST /v1/developer/payouts/request: body amount_tokens: required there, optional here',
    why: '`amount` is the same (api.md 3.12).',
  },
  {
    what: /^POST \/v1\/developer\/register: body nickname/,
    why: 'Optional in the seed; a wrong one is refused with the words that clients look for (400, api.md 8.1), not with 422.',
  },
  {
    what: 'PUT /v1/developer/apps/{app_id}: body revenue_split_dev: not taken here',
    why: 'Developers do not set their own share (api.md 7.1); it is ignored.',
  },
  { what: /status: 200 there, 201 here$/, why: 'What is made answers 201 (S001, S002); clients take both.' },
  {
    what: 'POST /v1/hub/{user_id}/messages: status: 200 there, 202 here',
    why: 'The answer comes later, on the stream (api.md 4.3).',
  },
  {
    what: 'GET /extensions: query status: not taken here',
    why: 'The older list is that of all apps that are not deleted.',
  },
  {
    what: /^POST \/extensions: body id (minLength|pattern)/,
    why: 'Ids of apps begin with a letter or digit and have two characters (api.md 1.2).',
  },
  {
    what: 'POST /v1/apps: body owner_id: required there, optional here',
    why: 'The approval client leaves it out (api.md 4.1).',
  },
  {
    what: 'POST /v1/hub/{user_id}/messages: body content: only required here',
    why: 'The document describes no body; a message without text is none.',
  },
  {
    what: 'PUT /v1/users/{user_id}/automations: body automations: only required here',
    why: 'The document describes no body; a bare array is taken, too.',
  },
  { what: /^POST \/v1\/agencies: body agency_id (min|max)Length/, why: 'The pattern of the id holds its length.' },
  {
    what: 'PUT /v1/agencies/{agency_id}/settings: body compliance_tier maxLength: 32 there, none here',
    why: 'One of three words (api.md 3.7), none of them longer.',
  },
  {
    what: /^POST \/v1\/internal\/config\/llm\/test.*: body config\.(provider|model): only required here$/,
    why: 'What is to be tried needs both (api.md 3.23).',
  },
  {
    what: /^GET \/v1\/developer\/apps\/\{app_id\}: answer [a-z_]+: required there, optional here$/,
    why: 'Its developer gets them all; who has merely installed the app gets the reduced record (api.md 3.12).',
  },
  {
    what: /^GET \/v1\/tenants\/\{tenant_id\}: answer [a-z_]+: required there, optional here$/,
    why: 'Administrators get them all; members get the public fields (api.md 3.3).',
  },
  {
    what: /^\w+ \/v1\/.*: (body|query) (app_id|extension_id|default_extensions\[\]) pattern: none there, "\^\[a-z0-9\]\[a-z0-9-\]\*\[a-z0-9\]\$" here$/,
    why: 'No app has an id of another form (api.md 1.2).',
  },
  {
    what: /^POST \/user-extensions: body extension_id pattern/,
    why: 'No app has an id of another form; the older ones may have underscores (api.md 4.3).',
  },
  {
    what: /^(GET|DELETE) \/user-extensions\/\{user_id\}.*: path user_id: integer there, string here$/,
    why: 'Users have text ids (api.md 1.2); the digits of an old one are such a text.',
  },
  {
    what: /^\w+ \/.*: (body|query) \w+ format: none there, "date(-time)?" here$/,
    why: 'Times are ISO 8601 (api.md 1.2); another text has no meaning as one.',
  },
  {
    what: /^(POST|GET) \/v1\/(internal\/)?actions: (body|query) action_type enum/,
    why: 'There are three kinds of actions (api.md 3.18).',
  },
  { what: /^POST \/v1\/actions: body status enum/, why: 'The states of an action are these (api.md 3.18).' },
  { what: /^POST \/v1\/actions: body trace_id pattern/, why: 'It is a part of addresses and of logs.' },
  {
    what: /^(POST|GET) \/v1\/scopes: (body|query) source enum/,
    why: 'Where a scope may come from is a closed list (api.md 3.6).',
  },
  { what: /^POST \/v1\/scopes: body (resource|action) pattern/, why: 'They make up `resource:action` (api.md 1.5).' },
  {
    what: /^(POST|PATCH) \/v1\/roles.*: body (confirmation_policy enum|max_concurrent_tasks minimum|context_window minimum)/,
    why: 'The choice and the ranges are those of api.md 3.5.',
  },
  { what: /^POST \/v1\/roles: body name pattern/, why: 'Users carry the name; it is an identifier (api.md 3.5).' },
  {
    what: /^PATCH \/v1\/(me|internal\/users\/\{user_id\})\/settings: body (confirmation_ttl|routing_context|max_tool_rounds|max_response_tokens) minimum/,
    why: 'Below it the kernel could not do its work; the same range holds for the settings of the installation (api.md 3.9).',
  },
  {
    what: /^PUT \/v1\/agencies\/\{agency_id\}\/settings: body (logo_url|logo_dark_url) pattern/,
    why: 'Pictures come by https; `javascript:`, `data:` and `file:` are refused (api.md 3.7).',
  },
  {
    what: 'PUT /v1/agencies/{agency_id}/settings: body compliance_tier enum: none there, ["enterprise","federal","standard"] here',
    why: 'The three words of api.md 3.7.',
  },
  { what: /^POST \/v1\/agencies: body agency_id pattern/, why: 'The id stands in addresses (api.md 3.7).' },
  { what: /^POST \/v1\/tenants: body tenant_id pattern/, why: 'The id stands in addresses (api.md 3.3).' },
  {
    what: /^(POST|PATCH) \/v1\/tenants.*: body max_connections minimum/,
    why: 'A tenant without a connection could not be served.',
  },
  {
    what: /^POST \/v1\/billing\/(subscribe|change-plan): body period enum/,
    why: '`monthly` or `annual` (api.md 3.11).',
  },
  { what: /^POST \/v1\/billing\/internal\/usage\/track: body meter pattern/, why: 'A meter is an identifier.' },
  {
    what: /^(POST|PUT) \/v1\/developer\/apps.*: body git_url pattern/,
    why: 'An https or a git address (api.md 3.12).',
  },
  {
    what: /^POST \/v1\/developer\/apps\/\{app_id\}\/deploys: body status enum/,
    why: 'How a deploy may have ended; another word would be shown as none of them.',
  },
  {
    what: /^(POST|PUT) \/(extensions|v1\/apps\/\{app_id\}\/tools).*: body version pattern/,
    why: 'Versions are compared, so they are semantic ones (api.md 4.1).',
  },
  {
    what: /^(GET \/v1\/apps|PATCH \/v1\/apps\/\{app_id\}|PUT \/extensions\/\{ext_id\}): (query|body) status enum/,
    why: 'The four states of an app (api.md 5.3).',
  },
  { what: /^POST \/v1\/apps\/\{app_id\}\/keys: body scope enum/, why: '`full` or `readonly` (api.md 4.1).' },
  {
    what: /^(POST|PATCH) \/v1\/automations.*: body max_per_hour minimum/,
    why: 'A rule that may never run is paused instead.',
  },
  {
    what: 'PATCH /v1/automations/internal/{rule_id}: body status enum: none there, ["active","error","paused"] here',
    why: 'The three states of a rule (api.md 3.15).',
  },
  {
    what: 'PATCH /v1/automations/internal/{rule_id}: body trigger_filter.event_type: only required here',
    why: 'A trigger without an event would start nothing.',
  },
  {
    what: /^POST \/v1\/automations\/internal\/create: body trigger_filter\.event_type pattern/,
    why: 'Names of events have that form (api.md 6.2); another one never comes.',
  },
  {
    what: 'POST /v1/automations/internal/create: body actions minItems: none there, 1 here',
    why: 'A rule without a step would do nothing.',
  },
  {
    what: 'POST /v1/automations/internal/create: body actions[].message: required there, optional here',
    why: 'A step may name a tool instead (api.md 3.15).',
  },
  {
    what: /^POST \/v1\/automations\/internal\/triggered: body (attempt|rule_id) minimum: none there, 1 here$/,
    why: 'Both are counted from 1.',
  },
  {
    what: /^POST \/v1\/automations\/internal\/triggered: body status enum/,
    why: 'The states of a run (api.md 5.10).',
  },
  {
    what: /^POST \/v1\/internal\/audit: body actor_type enum/,
    why: 'Who may have acted is a closed list; the audit is searched by it.',
  },
  {
    what: /^PATCH \/v1\/auth\/users\/\{imperal_id\}\/cases-uid: body cases_user_id pattern/,
    why: 'A number, which may come as its digits.',
  },
  {
    what: /^POST \/v1\/extensions\/\{app_id\}\/batch: body calls minItems/,
    why: 'An empty batch is a mistake of the caller (api.md 3.8).',
  },
  {
    what: /^POST \/v1\/internal\/ai\/complete: body (messages minItems|max_tokens minimum)/,
    why: 'No model answers nothing, or with nothing.',
  },
  {
    what: /^POST \/v1\/internal\/ai\/complete: body messages\[\]\.(role|content): only required here$/,
    why: 'The document says nothing of a message; every provider wants both.',
  },
  {
    what: /^POST \/v1\/internal\/store: body collection pattern/,
    why: 'Characters that separate the parts of a key and that match several (api.md 3.24).',
  },
  {
    what: /^(GET \/v1\/users|GET \/v1\/internal\/store\/\{collection\}\/all|POST \/v1\/internal\/store\/\{collection\}\/query): (query|body) limit minimum/,
    why: 'A page without an entry says nothing.',
  },
]
