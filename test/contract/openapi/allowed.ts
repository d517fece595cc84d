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
    what: /^\w+ \/v1\/internal\/config\/llm.*: body config: optional there, required here$/,
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
]
