import { ChatExtension, Extension } from '@imperal/sdk'

const DEVELOPERS = { allowed_roles: ['developer', 'admin'] }
const FOR_DEVELOPERS = [
  ...['deploy_ir', 'validate_ir', 'smoke_ir', 'list_ir_revisions', 'get_ir', 'rollback_ir'],
  ...['list_apps', 'create_app', 'submit_app', 'suspend_app', 'delete_app', 'list_deploys'],
]

export const ext = new Extension('developer', {
  version: '1.0.0',
  displayName: 'Developer Portal',
  description:
    'Your own apps: create them, deploy declarative documents, try functions out, look at revisions and roll back.',
  icon: 'icon.svg',
  capabilities: ['developer:read', 'developer:write', 'ir:read', 'ir:write', 'actions:read'],
  // Whoever is no developer yet is offered to become one, and nothing else.
  configDefaults: {
    access_policy: { functions: Object.fromEntries(FOR_DEVELOPERS.map((name) => [name, DEVELOPERS])) },
  },
  system: true,
})

export const chat = new ChatExtension(ext, {
  toolName: 'developer',
  description: 'Creates, deploys, tries out, publishes, pauses and deletes the apps that you develop.',
  systemPrompt: 'Developer module. An app has an id of lower-case letters, digits and hyphens, and a status.',
})

export const AppsChanged = ext.emits('developer.apps_changed')
