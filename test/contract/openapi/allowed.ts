/** A difference between what is served and what was published, and why it is meant. */
interface Allowed {
  /** The difference, or those of one kind, each as it is found. */
  readonly what: string | readonly string[]
  readonly why: string
}

/** Public operations that are not served yet. */
export const MISSING: readonly string[] = []

/** Every known difference to the documents of an earlier version (api.md 9). One that is gone has to go here, too. */
export const ALLOWED: readonly Allowed[] = [
  {
    what: [
      'POST /v1/internal/config/llm/test: body enforced: not taken here',
      'POST /v1/internal/config/llm/test: body role_defaults: not taken here',
      'POST /v1/internal/config/llm/test: body updated_by: not taken here',
      'POST /v1/internal/config/llm/test-tools: body enforced: not taken here',
      'POST /v1/internal/config/llm/test-tools: body role_defaults: not taken here',
      'POST /v1/internal/config/llm/test-tools: body updated_by: not taken here',
      'PUT /v1/internal/config/llm: body enforced: not taken here',
      'PUT /v1/internal/config/llm: body role_defaults: not taken here',
      'PUT /v1/internal/config/llm: body updated_by: not taken here',
    ],
    why: 'Models are set for the installation; who set them is the caller.',
  },
  {
    what: [
      'POST /v1/internal/config/llm/test: body config: optional there, required here',
      'POST /v1/internal/config/llm/test: body config: object|null there, object here',
      'POST /v1/internal/config/llm/test-tools: body config: optional there, required here',
      'POST /v1/internal/config/llm/test-tools: body config: object|null there, object here',
      'PUT /v1/internal/config/llm: body config: optional there, required here',
      'PUT /v1/internal/config/llm: body config: object|null there, object here',
    ],
    why: 'Without it there is nothing to change or to try.',
  },
  {
    what: [
      'DELETE /v1/internal/store/{collection}/{doc_id}: query tenant_id: required there, optional here',
      'GET /v1/internal/store/{collection}/{doc_id}: query tenant_id: required there, optional here',
      'PATCH /v1/internal/store/{collection}/{doc_id}: body tenant_id: required there, optional here',
      'POST /v1/internal/store: body tenant_id: required there, optional here',
      'POST /v1/internal/store/{collection}/count: body tenant_id: required there, optional here',
      'POST /v1/internal/store/{collection}/query: body tenant_id: required there, optional here',
    ],
    why: 'Left out means the tenant of the user; any other is refused (api.md 7.1).',
  },
  {
    what: [
      'DELETE /v1/internal/store/{collection}/{doc_id}: query user_id default: "" there, none here',
      'PATCH /v1/internal/store/{collection}/{doc_id}: query user_id default: "" there, none here',
      'POST /v1/internal/notify: body user_id: required there, optional here',
      'POST /v1/internal/store: body user_id: required there, optional here',
      'POST /v1/internal/store/{collection}/count: body user_id: required there, optional here',
      'POST /v1/internal/store/{collection}/query: body user_id: required there, optional here',
    ],
    why: 'The user may come as X-Acting-User (api.md 1.6); without one by id nothing is opened (api.md 3.24).',
  },
  {
    what: [
      'DELETE /v1/internal/storage: query extension_id: optional there, required here',
      'DELETE /v1/internal/storage: query extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'DELETE /v1/internal/storage: query extension_id default: "" there, none here',
      'DELETE /v1/internal/storage: query extension_id: its default "" is refused here',
      'GET /v1/internal/storage/download: query extension_id: optional there, required here',
      'GET /v1/internal/storage/download: query extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'GET /v1/internal/storage/download: query extension_id default: "" there, none here',
      'GET /v1/internal/storage/download: query extension_id: its default "" is refused here',
      'GET /v1/internal/storage/list: query extension_id: optional there, required here',
      'GET /v1/internal/storage/list: query extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'GET /v1/internal/storage/list: query extension_id default: "" there, none here',
      'GET /v1/internal/storage/list: query extension_id: its default "" is refused here',
      'POST /v1/internal/storage/upload: body extension_id: optional there, required here',
      'POST /v1/internal/storage/upload: body extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'POST /v1/internal/storage/upload: body extension_id default: "" there, none here',
      'POST /v1/internal/storage/upload: body extension_id: its default "" is refused here',
    ],
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
    what: 'DELETE /v1/developer/apps/{app_id}: body confirm_name maxLength: 64 there, 255 here',
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
    what: [
      'GET /v1/events/stream: query tenant_id default: "default" there, none here',
      'GET /v1/events/stream: query token default: "" there, none here',
    ],
    why: 'Left out means the own tenant, and no token in the address.',
  },
  {
    what: 'GET /v1/internal/actions/stats: query user_id: required there, optional here',
    why: '`admin=true` asks for the whole installation (api.md 3.18).',
  },
  {
    what: [
      'GET /v1/marketplace/apps: query page default: 1 there, none here',
      'GET /v1/marketplace/apps: query per_page default: 20 there, none here',
    ],
    why: '`limit` and `offset` of the seed win; left out means the first 20.',
  },
  {
    what: [
      'PATCH /v1/tenants/{tenant_id}: body db_config: not taken here',
      'POST /v1/tenants: body db_backend: not taken here',
      'POST /v1/tenants: body db_config: not taken here',
    ],
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
    what: [
      'POST /v1/billing/internal/usage/track: body user_id: required there, optional here',
      'POST /v1/billing/internal/usage/track: body tenant_id: required there, optional here',
    ],
    why: 'They may come as X-Acting-User (api.md 3.11).',
  },
  {
    what: [
      'POST /v1/developer/apps: body display_name: required there, optional here',
      'POST /v1/developer/apps: body git_url: required there, optional here',
    ],
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
    what: [
      'POST /v1/developer/register: body nickname: required there, optional here',
      'POST /v1/developer/register: body nickname minLength: 3 there, none here',
      'POST /v1/developer/register: body nickname maxLength: 30 there, 200 here',
      'POST /v1/developer/register: body nickname pattern: "^[a-z0-9][a-z0-9_-]{1,28}[a-z0-9]$" there, none here',
    ],
    why: 'Optional in the seed; a wrong one is refused with the words that clients look for (400, api.md 8.1), not with 422.',
  },
  {
    what: 'PUT /v1/developer/apps/{app_id}: body revenue_split_dev: not taken here',
    why: 'Developers do not set their own share (api.md 7.1); it is ignored.',
  },
  {
    what: [
      'POST /v1/developer/apps: status: 200 there, 201 here',
      'POST /v1/developer/apps/{app_id}/deploys: status: 200 there, 201 here',
      'POST /extensions: status: 200 there, 201 here',
      'POST /user-extensions: status: 200 there, 201 here',
      'POST /v1/apps: status: 200 there, 201 here',
      'POST /v1/apps/{app_id}/keys: status: 200 there, 201 here',
    ],
    why: 'What is made answers 201 (S001, S002); clients take both.',
  },
  {
    what: 'POST /v1/hub/{user_id}/messages: status: 200 there, 202 here',
    why: 'The answer comes later, on the stream (api.md 4.3).',
  },
  {
    what: 'GET /extensions: query status: not taken here',
    why: 'The older list is that of all apps that are not deleted.',
  },
  {
    what: [
      'POST /extensions: body id minLength: 1 there, 2 here',
      'POST /extensions: body id pattern: "^[a-z0-9_-]+$" there, "^[a-z0-9][a-z0-9_-]*$" here',
    ],
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
  {
    what: [
      'POST /v1/agencies: body agency_id minLength: 3 there, none here',
      'POST /v1/agencies: body agency_id maxLength: 50 there, none here',
    ],
    why: 'The pattern of the id holds its length.',
  },
  {
    what: 'PUT /v1/agencies/{agency_id}/settings: body compliance_tier maxLength: 32 there, none here',
    why: 'One of three words (api.md 3.7), none of them longer.',
  },
  {
    what: [
      'POST /v1/internal/config/llm/test: body config.provider: only required here',
      'POST /v1/internal/config/llm/test: body config.model: only required here',
      'POST /v1/internal/config/llm/test-tools: body config.provider: only required here',
      'POST /v1/internal/config/llm/test-tools: body config.model: only required here',
    ],
    why: 'What is to be tried needs both (api.md 3.23).',
  },
  {
    what: [
      'GET /v1/developer/apps/{app_id}: answer developer_id: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer description: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer category: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer icon: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer git_url: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer reject_reason: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer pricing_model: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer pricing_config: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer revenue_split_dev: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer created_at: required there, optional here',
      'GET /v1/developer/apps/{app_id}: answer updated_at: required there, optional here',
    ],
    why: 'Its developer gets them all; who has merely installed the app gets the reduced record (api.md 3.12).',
  },
  {
    what: [
      'GET /v1/tenants/{tenant_id}: answer db_backend: required there, optional here',
      'GET /v1/tenants/{tenant_id}: answer isolation: required there, optional here',
      'GET /v1/tenants/{tenant_id}: answer allowed_auth_methods: required there, optional here',
      'GET /v1/tenants/{tenant_id}: answer max_connections: required there, optional here',
      'GET /v1/tenants/{tenant_id}: answer features: required there, optional here',
      'GET /v1/tenants/{tenant_id}: answer created_at: required there, optional here',
      'GET /v1/tenants/{tenant_id}: answer updated_at: required there, optional here',
    ],
    why: 'Administrators get them all; members get the public fields (api.md 3.3).',
  },
  {
    what: [
      'DELETE /v1/internal/store/{collection}/{doc_id}: query extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'GET /v1/internal/config/resolve: query app_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'GET /v1/internal/config/{scope}/{scope_id}: query app_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'GET /v1/internal/skeleton/{user_id}/{section}: query extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'GET /v1/internal/store/{collection}/all: query extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'GET /v1/internal/store/{collection}/{doc_id}: query extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'PATCH /v1/internal/store/{collection}/{doc_id}: body extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'PATCH /v1/roles/{role_id}: body default_extensions[] pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'POST /v1/internal/store: body extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'POST /v1/internal/store/{collection}/count: body extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'POST /v1/internal/store/{collection}/query: body extension_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'POST /v1/me/extensions/disable: body app_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'POST /v1/roles: body default_extensions[] pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'POST /v1/users/{user_id}/extensions/disable: body app_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
      'PUT /v1/internal/config/{scope}/{scope_id}: query app_id pattern: none there, "^[a-z0-9][a-z0-9-]*[a-z0-9]$" here',
    ],
    why: 'No app has an id of another form (api.md 1.2).',
  },
  {
    what: 'POST /user-extensions: body extension_id pattern: none there, "^[a-z0-9][a-z0-9_-]*$" here',
    why: 'No app has an id of another form; the older ones may have underscores (api.md 4.3).',
  },
  {
    what: [
      'DELETE /user-extensions/{user_id}/{ext_id}: path user_id: integer there, string here',
      'GET /user-extensions/{user_id}: path user_id: integer there, string here',
    ],
    why: 'Users have text ids (api.md 1.2); the digits of an old one are such a text.',
  },
  {
    what: [
      'GET /v1/audit: query from format: none there, "date-time" here',
      'GET /v1/audit: query to format: none there, "date-time" here',
      'GET /v1/internal/config/llm/usage: query date format: none there, "date" here',
      'GET /v1/internal/config/llm/usage/{user_id}: query date format: none there, "date" here',
      'POST /v1/actions: body completed_at format: none there, "date-time" here',
      'POST /v1/automations/internal/triggered: body timeout_at format: none there, "date-time" here',
    ],
    why: 'Times are ISO 8601 (api.md 1.2); another text has no meaning as one.',
  },
  {
    what: [
      'GET /v1/actions: query action_type enum: none there, ["destructive","read","write"] here',
      'GET /v1/internal/actions: query action_type enum: none there, ["destructive","read","write"] here',
      'POST /v1/actions: body action_type enum: none there, ["destructive","read","write"] here',
    ],
    why: 'There are three kinds of actions (api.md 3.18).',
  },
  {
    what: 'POST /v1/actions: body status enum: none there, ["cancelled","denied","failed","intercepted","skipped","success","timed_out","unknown","validation_rejected"] here',
    why: 'The states of an action are these (api.md 3.18).',
  },
  {
    what: 'POST /v1/actions: body trace_id pattern: none there, "^[A-Za-z0-9_-]{8,64}$" here',
    why: 'It is a part of addresses and of logs.',
  },
  {
    what: [
      'GET /v1/scopes: query source enum: none there, ["extension","platform","role","tenant","user"] here',
      'POST /v1/scopes: body source enum: none there, ["extension","platform","role","tenant","user"] here',
    ],
    why: 'Where a scope may come from is a closed list (api.md 3.6).',
  },
  {
    what: [
      'POST /v1/scopes: body resource pattern: none there, "^(?:\\\\*|[a-z0-9][a-z0-9_-]{0,62})$" here',
      'POST /v1/scopes: body action pattern: none there, "^(?:\\\\*|[a-z0-9][a-z0-9_-]{0,62})$" here',
    ],
    why: 'They make up `resource:action` (api.md 1.5).',
  },
  {
    what: [
      'PATCH /v1/roles/{role_id}: body confirmation_policy enum: none there, ["default_off","default_on","disabled","enforced"] here',
      'PATCH /v1/roles/{role_id}: body max_concurrent_tasks minimum: none there, 1 here',
      'PATCH /v1/roles/{role_id}: body context_window minimum: none there, 1 here',
      'POST /v1/roles: body confirmation_policy enum: none there, ["default_off","default_on","disabled","enforced"] here',
      'POST /v1/roles: body max_concurrent_tasks minimum: none there, 1 here',
      'POST /v1/roles: body context_window minimum: none there, 1 here',
    ],
    why: 'The choice and the ranges are those of api.md 3.5.',
  },
  {
    what: 'POST /v1/roles: body name pattern: none there, "^[a-z][a-z0-9_-]{1,62}$" here',
    why: 'Users carry the name; it is an identifier (api.md 3.5).',
  },
  {
    what: [
      'PATCH /v1/internal/users/{user_id}/settings: body confirmation_ttl minimum: none there, 60 here',
      'PATCH /v1/internal/users/{user_id}/settings: body routing_context minimum: none there, 4 here',
      'PATCH /v1/internal/users/{user_id}/settings: body max_tool_rounds minimum: none there, 1 here',
      'PATCH /v1/internal/users/{user_id}/settings: body max_response_tokens minimum: none there, 256 here',
      'PATCH /v1/me/settings: body confirmation_ttl minimum: none there, 60 here',
      'PATCH /v1/me/settings: body routing_context minimum: none there, 4 here',
      'PATCH /v1/me/settings: body max_tool_rounds minimum: none there, 1 here',
      'PATCH /v1/me/settings: body max_response_tokens minimum: none there, 256 here',
    ],
    why: 'Below it the kernel could not do its work; the same range holds for the settings of the installation (api.md 3.9).',
  },
  {
    what: [
      'PUT /v1/agencies/{agency_id}/settings: body logo_url pattern: none there, "^(?:https:\\\\/\\\\/[^\\\\s]+|\\\\/(?![/\\\\\\\\])[^\\\\s]*)$" here',
      'PUT /v1/agencies/{agency_id}/settings: body logo_dark_url pattern: none there, "^(?:https:\\\\/\\\\/[^\\\\s]+|\\\\/(?![/\\\\\\\\])[^\\\\s]*)$" here',
    ],
    why: 'Pictures come by https; `javascript:`, `data:` and `file:` are refused (api.md 3.7).',
  },
  {
    what: 'PUT /v1/agencies/{agency_id}/settings: body compliance_tier enum: none there, ["enterprise","federal","standard"] here',
    why: 'The three words of api.md 3.7.',
  },
  {
    what: 'POST /v1/agencies: body agency_id pattern: none there, "^[A-Za-z0-9][A-Za-z0-9_-]{2,49}$" here',
    why: 'The id stands in addresses (api.md 3.7).',
  },
  {
    what: 'POST /v1/tenants: body tenant_id pattern: none there, "^[a-z0-9][a-z0-9_-]*$" here',
    why: 'The id stands in addresses (api.md 3.3).',
  },
  {
    what: [
      'PATCH /v1/tenants/{tenant_id}: body max_connections minimum: none there, 1 here',
      'POST /v1/tenants: body max_connections minimum: none there, 1 here',
    ],
    why: 'A tenant without a connection could not be served.',
  },
  {
    what: [
      'POST /v1/billing/change-plan: body period enum: none there, ["annual","monthly"] here',
      'POST /v1/billing/subscribe: body period enum: none there, ["annual","monthly"] here',
    ],
    why: '`monthly` or `annual` (api.md 3.11).',
  },
  {
    what: 'POST /v1/billing/internal/usage/track: body meter pattern: none there, "^[a-z][a-z0-9_.:-]{0,99}$" here',
    why: 'A meter is an identifier.',
  },
  {
    what: [
      'POST /v1/developer/apps: body git_url pattern: none there, "^(?:https:\\\\/\\\\/|git@|ssh:\\\\/\\\\/|git:\\\\/\\\\/)\\\\S+$" here',
      'PUT /v1/developer/apps/{app_id}: body git_url pattern: none there, "^(?:https:\\\\/\\\\/|git@|ssh:\\\\/\\\\/|git:\\\\/\\\\/)\\\\S+$" here',
    ],
    why: 'An https or a git address (api.md 3.12).',
  },
  {
    what: 'POST /v1/developer/apps/{app_id}/deploys: body status enum: none there, ["failed","success","warning"] here',
    why: 'How a deploy may have ended; another word would be shown as none of them.',
  },
  {
    what: [
      'POST /extensions: body version pattern: none there, "^\\\\d+\\\\.\\\\d+\\\\.\\\\d+(?:[.-][A-Za-z0-9.-]+)?$" here',
      'PUT /extensions/{ext_id}: body version pattern: none there, "^\\\\d+\\\\.\\\\d+\\\\.\\\\d+(?:[.-][A-Za-z0-9.-]+)?$" here',
      'PUT /v1/apps/{app_id}/tools: body version pattern: none there, "^\\\\d+\\\\.\\\\d+\\\\.\\\\d+(?:[.-][A-Za-z0-9.-]+)?$" here',
    ],
    why: 'Versions are compared, so they are semantic ones (api.md 4.1).',
  },
  {
    what: [
      'GET /v1/apps: query status enum: none there, ["active","deleted","provisioning","suspended"] here',
      'PATCH /v1/apps/{app_id}: body status enum: none there, ["active","deleted","provisioning","suspended"] here',
      'PUT /extensions/{ext_id}: body status enum: none there, ["active","deleted","provisioning","suspended"] here',
    ],
    why: 'The four states of an app (api.md 5.3).',
  },
  {
    what: 'POST /v1/apps/{app_id}/keys: body scope enum: none there, ["full","readonly"] here',
    why: '`full` or `readonly` (api.md 4.1).',
  },
  {
    what: [
      'PATCH /v1/automations/internal/{rule_id}: body max_per_hour minimum: none there, 1 here',
      'POST /v1/automations: body max_per_hour minimum: none there, 1 here',
      'POST /v1/automations/internal/create: body max_per_hour minimum: none there, 1 here',
    ],
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
    what: 'POST /v1/automations/internal/create: body trigger_filter.event_type pattern: none there, "^[a-z][a-z0-9_-]*(?:[.:][a-z0-9_-]+)+$" here',
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
    what: [
      'POST /v1/automations/internal/triggered: body rule_id minimum: none there, 1 here',
      'POST /v1/automations/internal/triggered: body attempt minimum: none there, 1 here',
    ],
    why: 'Both are counted from 1.',
  },
  {
    what: 'POST /v1/automations/internal/triggered: body status enum: none there, ["completed","failed","running","triggered"] here',
    why: 'The states of a run (api.md 5.10).',
  },
  {
    what: 'POST /v1/internal/audit: body actor_type enum: none there, ["anonymous","service","system","user"] here',
    why: 'Who may have acted is a closed list; the audit is searched by it.',
  },
  {
    what: 'PATCH /v1/auth/users/{imperal_id}/cases-uid: body cases_user_id pattern: none there, "^\\\\d{1,15}$" here',
    why: 'A number, which may come as its digits.',
  },
  {
    what: 'POST /v1/extensions/{app_id}/batch: body calls minItems: none there, 1 here',
    why: 'An empty batch is a mistake of the caller (api.md 3.8).',
  },
  {
    what: [
      'POST /v1/internal/ai/complete: body max_tokens minimum: none there, 1 here',
      'POST /v1/internal/ai/complete: body messages minItems: none there, 1 here',
    ],
    why: 'No model answers nothing, or with nothing.',
  },
  {
    what: [
      'POST /v1/internal/ai/complete: body messages[].role: only required here',
      'POST /v1/internal/ai/complete: body messages[].content: only required here',
    ],
    why: 'The document says nothing of a message; every provider wants both.',
  },
  {
    what: 'POST /v1/internal/store: body collection pattern: none there, "^[^:*?[\\\\]/\\\\s]+$" here',
    why: 'Characters that separate the parts of a key and that match several (api.md 3.24).',
  },
  {
    what: [
      'GET /v1/internal/store/{collection}/all: query limit minimum: none there, 1 here',
      'GET /v1/users: query limit minimum: none there, 1 here',
      'POST /v1/internal/store/{collection}/query: body limit minimum: none there, 1 here',
    ],
    why: 'A page without an entry says nothing.',
  },
]
