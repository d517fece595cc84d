import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('notes', {
  version: '1.0.0',
  displayName: 'Notes',
  description: 'Markdown notes in folders, with tags, full search and export. Everything stays in your own account.',
  icon: 'icon.svg',
  capabilities: ['notes:read', 'notes:write', 'notes:destructive'],
})

export const chat = new ChatExtension(ext, {
  toolName: 'notes',
  description: 'Writes, finds, changes, exports and deletes Markdown notes and their folders.',
  systemPrompt: 'Notes module. Notes have a title, Markdown text, an optional folder and tags.',
})

export const NoteCreated = ext.emits('notes.created')
export const NoteUpdated = ext.emits('notes.updated')
export const NoteDeleted = ext.emits('notes.deleted')
export const FolderChanged = ext.emits('notes.folder_changed')
