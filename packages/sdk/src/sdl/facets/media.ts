import { flag, link, moment, number, text, texts, whole } from '../fields.ts'

// Files, pictures, sound and film.

export const FileObject = {
  file_name: text('media.file_name'),
  mime_type: text('media.mime_type'),
  size_bytes: whole('media.size_bytes'),
  checksum: text('media.checksum'),
  download_url: link('media.download_url'),
  path: text('media.path'),
  extension: text('media.extension'),
  storage_id: text('media.storage_id'),
}
export const ImageMedia = {
  width: whole('media.width'),
  height: whole('media.height'),
  image_format: text('media.image_format'),
  alt_text: text('media.alt_text'),
  thumbnail_url: link('media.thumbnail_url'),
}
export const AudioTrack = {
  artist: text('media.artist'),
  album: text('media.album'),
  track_number: whole('media.track_number'),
  audio_seconds: number('media.audio_seconds'),
  bitrate_kbps: number('media.bitrate_kbps'),
  sample_rate: whole('media.sample_rate'),
}
export const VideoTrack = {
  video_seconds: number('media.video_seconds'),
  resolution: text('media.resolution'),
  frame_rate: number('media.frame_rate'),
  poster_url: link('media.poster_url'),
  stream_url: link('media.stream_url'),
}
export const Archive = {
  archive_format: text('media.archive_format'),
  entry_count: whole('media.entry_count'),
  entries: texts('media.entries'),
  uncompressed_bytes: whole('media.uncompressed_bytes'),
  is_encrypted: flag('media.is_encrypted'),
}
export const ContentSafety = {
  rating: text('media.rating'),
  is_adult: flag('media.is_adult'),
  labels: texts('media.labels'),
  score: number('media.score'),
  checked_at: moment('media.checked_at'),
}
export const Transcribable = {
  transcript: text('media.transcript'),
  transcript_language: text('media.transcript_language'),
  transcript_url: link('media.transcript_url'),
}
