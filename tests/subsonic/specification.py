"""The OpenSubsonic specification as a table: every endpoint with its parameters, every object.

Facts (names, types, what is required) of the OpenAPI description of opensubsonic/open-subsonic-api
(Apache-2.0), commit 4c1819fb of 2026-07-24. `!` is required, `*` is a list, `#` answers with bytes,
`|` stands between the values of an enumeration, `+` in front of a name extends another object.
"""

from __future__ import annotations

ENDPOINTS = """
addChatMessage(message!)
changePassword(password! username!)
createBookmark(id! position! comment)
createInternetRadioStation(name! streamUrl! homepageUrl)
createPlaylist(name playlistId songId) playlist:PlaylistWithSongs
createPodcastChannel(url!)
createShare(id! description expires) shares:Shares
createUser(email! password! username! adminRole commentRole coverArtRole downloadRole
    jukeboxRole ldapAuthenticated musicFolderId playlistRole podcastRole settingsRole shareRole
    streamRole uploadRole videoConversionRole)
deleteBookmark(id!)
deleteInternetRadioStation(id!)
deletePlaylist(id!)
deletePodcastChannel(id!)
deletePodcastEpisode(id!)
deleteShare(id!)
deleteUser(username!)
download(id!) #
downloadPodcastEpisode(id!)
findSonicPath(endSongId! startSongId! count) sonicMatch:SonicMatch*
getAlbum(id!) album:AlbumID3WithSongs
getAlbumInfo(id!) albumInfo:AlbumInfo
getAlbumInfo2(id!) albumInfo:AlbumInfo
getAlbumList(type! fromYear genre musicFolderId offset size toYear) albumList:AlbumList
getAlbumList2(type! fromYear genre musicFolderId offset size toYear) albumList2:AlbumList2
getArtist(id!) artist:ArtistWithAlbumsID3
getArtistInfo(id! count includeNotPresent) artistInfo:ArtistInfo
getArtistInfo2(id! count includeNotPresent) artistInfo2:ArtistInfo2
getArtists(musicFolderId) artists:ArtistsID3
getAvatar(username!) #
getBookmarks() bookmarks:Bookmarks
getCaptions(id! format) #
getChatMessages() chatMessages:ChatMessages
getCoverArt(id! size) #
getGenres() genres:Genres
getIndexes(ifModifiedSince musicFolderId) indexes:Indexes
getInternetRadioStations() internetRadioStations:InternetRadioStations
getLicense() license:License
getLyrics(artist title) lyrics:Lyrics
getLyricsBySongId(id! enhanced) lyricsList:LyricsList
getMusicDirectory(id!) directory:Directory
getMusicFolders() musicFolders:MusicFolders
getNewestPodcasts(count) newestPodcasts:NewestPodcasts
getNowPlaying() nowPlaying:NowPlaying
getOpenSubsonicExtensions() openSubsonicExtensions:OpenSubsonicExtension*
getPlayQueue() playQueue:PlayQueue
getPlayQueueByIndex() playQueueByIndex:PlayQueueByIndex
getPlaylist(id!) playlist:PlaylistWithSongs
getPlaylists(username) playlists:Playlists
getPodcastEpisode(id!) podcastEpisode:PodcastEpisode
getPodcasts(id includeEpisodes) podcasts:Podcasts
getRandomSongs(fromYear genre musicFolderId size toYear) randomSongs:Songs
getScanStatus() scanStatus:ScanStatus
getShares() shares:Shares
getSimilarSongs(id! count) similarSongs:SimilarSongs
getSimilarSongs2(id! count) similarSongs2:SimilarSongs2
getSong(id!) song:Child
getSongsByGenre(genre! count musicFolderId offset) songsByGenre:Songs
getSonicSimilarTracks(id! count) sonicMatch:SonicMatch*
getStarred(musicFolderId) starred:Starred
getStarred2(musicFolderId) starred2:Starred2
getTopSongs(artist count id) topSongs:TopSongs
getTranscodeDecision(mediaId! mediaType!)
getTranscodeStream(mediaId! mediaType! transcodeParams! offset) #
getUser(username!) user:User
getUsers() users:Users
getVideoInfo(id!) videoInfo:VideoInfo
getVideos() videos:Videos
hls.m3u8(id! audioTrack bitRate) #
jukeboxControl(action! gain id index offset) jukeboxPlaylist:JukeboxPlaylist
    jukeboxStatus:JukeboxStatus
ping()
refreshPodcasts()
reportPlayback(mediaId! mediaType! positionMs! state! ignoreScrobble playbackRate)
savePlayQueue(current id position)
savePlayQueueByIndex(currentIndex id position)
scrobble(id! submission time)
search(album any artist count newerThan offset title) searchResult:SearchResult
search2(query! albumCount albumOffset artistCount artistOffset musicFolderId songCount
    songOffset) searchResult2:SearchResult2
search3(query! albumCount albumOffset artistCount artistOffset musicFolderId songCount
    songOffset) searchResult3:SearchResult3
setRating(id! rating!)
star(albumId artistId id)
startScan() scanStatus:ScanStatus
stream(id! converted estimateContentLength format maxBitRate size timeOffset) #
tokenInfo() tokenInfo:TokenInfo
unstar(albumId artistId id)
updateInternetRadioStation(id! name! streamUrl! homepageUrl)
updatePlaylist(playlistId! comment name public songIdToAdd songIndexToRemove)
updateShare(id! description expires)
updateUser(password! username! adminRole commentRole coverArtRole downloadRole email jukeboxRole
    ldapAuthenticated maxBitRate musicFolderId podcastRole settingsRole shareRole streamRole
    uploadRole videoConversionRole)
"""

OBJECTS = """
Agent = id!:str role!:main|voice|bg|group name:str
AlbumID3 = created!:date duration!:int id!:str name!:str songCount!:int artist:str artistId:str
    artists:ArtistID3* coverArt:str discTitles:DiscTitle* displayArtist:str
    explicitStatus:clean|explicit| genre:str genres:ItemGenre* isCompilation:bool moods:str*
    musicBrainzId:str originalReleaseDate:ItemDate playCount:int played:date
    recordLabels:RecordLabel* releaseDate:ItemDate releaseTypes:str* song:Child* sortName:str
    starred:date userRating:int version:str year:int
AlbumID3WithSongs +AlbumID3 = song!:Child*
AlbumInfo = largeImageUrl:str lastFmUrl:str mediumImageUrl:str musicBrainzId:str notes:str
    smallImageUrl:str
AlbumList = album:Child*
AlbumList2 = album:AlbumID3*
Artist = id!:str name!:str artistImageUrl:str averageRating:float starred:date userRating:int
ArtistID3 = id!:str name!:str albumCount:int artistImageUrl:str coverArt:str disambiguation:str
    musicBrainzId:str roles:str* sortName:str starred:date
ArtistInfo = biography:str largeImageUrl:str lastFmUrl:str mediumImageUrl:str musicBrainzId:str
    similarArtist:Artist* smallImageUrl:str
ArtistInfo2 = biography:str largeImageUrl:str lastFmUrl:str mediumImageUrl:str musicBrainzId:str
    similarArtist:ArtistID3* smallImageUrl:str
ArtistWithAlbumsID3 +ArtistID3 = album!:AlbumID3*
ArtistsID3 = ignoredArticles:str index:IndexID3*
Bookmark = changed!:date created!:date entry!:Child position!:int username!:str comment:str
Bookmarks = bookmark:Bookmark*
ChatMessage = message!:str time!:int username!:str
ChatMessages = chatMessage:ChatMessage*
Child = id!:str isDir!:bool title!:str album:str albumArtists:ArtistID3* albumId:str artist:str
    artistId:str artists:ArtistID3* averageRating:float bitDepth:int bitRate:int
    bookmarkPosition:int bpm:int channelCount:int comment:str contentType:str
    contributors:Contributor* coverArt:str created:date discNumber:int displayAlbumArtist:str
    displayArtist:str displayComposer:str duration:int explicitStatus:clean|explicit| genre:str
    genres:ItemGenre* groupings:str* isVideo:bool isrc:str* mediaType:song|album|artist
    moods:str* movements:Movement* musicBrainzId:str originalHeight:int originalWidth:int
    parent:str path:str playCount:int played:date replayGain:ReplayGain samplingRate:int
    size:int sortName:str starred:date suffix:str track:int transcodedContentType:str
    transcodedSuffix:str type:music|video|podcast|audiobook userRating:int works:Work* year:int
Contributor = artist!:ArtistID3 role!:str subRole:str
Cue = byteEnd!:int byteStart!:int start!:int value!:str end:int
CueLine = cue!:Cue* index!:int value!:str agentId:str end:int start:int
Directory = id!:str name!:str averageRating:float child:Child* parent:str playCount:int
    starred:date userRating:int
DiscTitle = disc!:int title!:str coverArt:str
Genre = albumCount!:int songCount!:int value!:str
Genres = genre:Genre*
Index = name!:str artist:Artist*
IndexID3 = name!:str artist:ArtistID3*
Indexes = ignoredArticles!:str lastModified!:int child:Child* index:Index* shortcut:Artist*
InternetRadioStation = id!:str name!:str streamUrl!:str coverArt:str homePageUrl:str
InternetRadioStations = internetRadioStation:InternetRadioStation*
ItemDate = day:int month:int year:int
ItemGenre = name!:str
JukeboxPlaylist = currentIndex!:int playing!:bool volume!:int entry:Child* position:int
JukeboxStatus = currentIndex!:int playing!:bool volume!:int position:int
License = valid!:bool email:str licenseExpires:date trialExpires:date
Line = value!:str start:float
Lyrics = value!:str artist:str title:str
LyricsList = structuredLyrics:StructuredLyrics*
Movement = name!:str count:int number:int
MusicFolder = id!:int name:str
MusicFolders = musicFolder:MusicFolder*
NewestPodcasts = episode:PodcastEpisode*
NowPlaying = entry!:NowPlayingEntry*
NowPlayingEntry +Child = minutesAgo!:int playerId!:int username!:str playbackRate:float
    playerName:str positionMs:int state:starting|playing|paused|stopped
OpenSubsonicExtension = name!:str versions!:int*
PlayQueue = changed!:date changedBy!:str username!:str current:str entry:Child* position:int
PlayQueueByIndex = changed!:date changedBy!:str username!:str currentIndex:int entry:Child*
    position:int
Playlist = changed!:date created!:date duration!:int id!:str name!:str songCount!:int
    allowedUser:str* comment:str coverArt:str owner:str public:bool readonly:bool
    validUntil:date
PlaylistWithSongs +Playlist = entry:Child*
Playlists = playlist:Playlist*
PodcastChannel = id!:str status!:new|downloading|completed|error|deleted|skipped url!:str
    coverArt:str description:str episode:PodcastEpisode* errorMessage:str originalImageUrl:str
    title:str
PodcastEpisode +Child = channelId!:str status!:new|downloading|completed|error|deleted|skipped
    description:str publishDate:date streamId:str
Podcasts = channel:PodcastChannel*
RecordLabel = name!:str
ReplayGain = albumGain:float albumPeak:float baseGain:float fallbackGain:float trackGain:float
    trackPeak:float
ScanStatus = scanning!:bool count:int
SearchResult2 = album:Child* artist:Artist* song:Child*
SearchResult3 = album:AlbumID3* artist:ArtistID3* song:Child*
Share = created!:date id!:str url!:str username!:str visitCount!:int description:str
    entry:Child* expires:date lastVisited:date
Shares = share:Share*
SimilarSongs = song:Child*
SimilarSongs2 = song:Child*
Songs = song:Child*
SonicMatch = entry!:Child similarity!:float
Starred = album:Child* artist:Artist* song:Child*
Starred2 = album:AlbumID3* artist:ArtistID3* song:Child*
StructuredLyrics = lang!:str line!:Line* synced!:bool agents:Agent* cueLine:CueLine*
    displayArtist:str displayTitle:str kind:main|translation|pronunciation offset:float
TokenInfo = username!:str
TopSongs = song:Child*
User = adminRole!:bool commentRole!:bool coverArtRole!:bool downloadRole!:bool jukeboxRole!:bool
    playlistRole!:bool podcastRole!:bool scrobblingEnabled!:bool settingsRole!:bool
    shareRole!:bool streamRole!:bool uploadRole!:bool username!:str videoConversionRole!:bool
    avatarLastChanged:date folder:int* maxBitRate:int
Users = user:User*
VideoInfo =
Videos =
Work = name!:str musicBrainzId:str
"""
