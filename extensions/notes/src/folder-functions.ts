import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { chat, FolderChanged } from './extension.ts'
import { allFolders, allNotes, counted, foldersOf, notesOf } from './notebook.ts'

const Name = z.string().trim().min(1).max(80).describe('Name of the folder.')
const FolderId = z.string().min(1).describe('Id from list_folders.')
const FolderData = z.object({ folder_id: z.string(), name: z.string() })

export const createFolder = chat.function(
  'create_folder',
  {
    description: 'Create a folder for notes.',
    actionType: 'write',
    effects: ['create:folder'],
    event: FolderChanged,
    params: z.object({ name: Name }),
    returns: FolderData,
  },
  async (ctx, params) => {
    const same = (await allFolders(ctx.store)).find(
      (folder) => folder.data.name.toLowerCase() === params.name.toLowerCase(),
    )
    if (same)
      return ActionResult.error(`A folder called “${same.data.name}” exists already.`, { code: 'FOLDER_EXISTS' })
    const folder = await foldersOf(ctx.store).create({ name: params.name })
    return ActionResult.success({ folder_id: folder.id, name: params.name }, `Created the folder “${params.name}”.`)
  },
)

export const listFolders = chat.function(
  'list_folders',
  {
    description: 'List the folders of the notes with the number of notes in each.',
    params: z.object({}),
    returns: z.object({ folders: z.array(FolderData.extend({ notes: z.number().int() })) }),
  },
  async (ctx) => {
    const folders = await allFolders(ctx.store)
    const found = await Promise.all(
      folders.map(async (folder) => ({
        folder_id: folder.id,
        name: folder.data.name,
        notes: await notesOf(ctx.store).count({ folder_id: folder.id }),
      })),
    )
    return ActionResult.success(
      { folders: found },
      found.length === 0 ? 'There are no folders.' : `${found.length} ${found.length === 1 ? 'folder' : 'folders'}.`,
      { refreshPanels: [] },
    )
  },
)

export const renameFolder = chat.function(
  'rename_folder',
  {
    description: 'Give a folder of notes another name.',
    actionType: 'write',
    effects: ['update:folder'],
    event: FolderChanged,
    params: z.object({ folder_id: FolderId, name: Name }),
    returns: FolderData,
  },
  async (ctx, params) => {
    if (!(await foldersOf(ctx.store).find(params.folder_id)))
      return ActionResult.error('This folder does not exist any more.', { code: 'FOLDER_NOT_FOUND' })
    await foldersOf(ctx.store).update(params.folder_id, { name: params.name })
    return ActionResult.success(
      { folder_id: params.folder_id, name: params.name },
      `Renamed the folder to “${params.name}”.`,
    )
  },
)

export const deleteFolder = chat.function(
  'delete_folder',
  {
    description: 'Delete a folder for good; its notes stay and lose their folder.',
    actionType: 'destructive',
    effects: ['delete:folder', 'update:note'],
    event: FolderChanged,
    idProjection: 'folder_id',
    params: z.object({ folder_id: FolderId }),
    returns: FolderData.extend({ kept_notes: z.number().int() }),
  },
  async (ctx, params) => {
    const folder = await foldersOf(ctx.store).find(params.folder_id)
    if (!folder) return ActionResult.error('This folder does not exist any more.', { code: 'FOLDER_NOT_FOUND' })
    const notes = await allNotes(ctx.store, { folder_id: folder.id })
    // Notes first: a crash in between leaves an empty folder and never a note in a folder that is gone.
    for (const note of notes) await notesOf(ctx.store).update(note.id, { folder_id: '' })
    await foldersOf(ctx.store).delete(folder.id)
    return ActionResult.success(
      { folder_id: folder.id, name: folder.data.name, kept_notes: notes.length },
      `Deleted the folder “${folder.data.name}”; ${counted(notes.length)} ${notes.length === 1 ? 'was' : 'were'} kept.`,
    )
  },
)
