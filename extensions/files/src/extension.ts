import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('files', {
  version: '1.0.0',
  displayName: 'Files',
  description:
    'Keeps your files and texts in folders of your own, finds them by name, and gives a link to download each.',
  icon: 'icon.svg',
  capabilities: ['files:read', 'files:write', 'files:destructive'],
})

export const chat = new ChatExtension(ext, {
  toolName: 'files',
  description: 'Writes, keeps, lists, reads, renames and deletes the user’s files.',
  systemPrompt: 'Files module. A path is folders and a name, such as letters/2026/landlord.md. Texts only are read.',
})

export const FilesChanged = ext.emits('files.changed')
