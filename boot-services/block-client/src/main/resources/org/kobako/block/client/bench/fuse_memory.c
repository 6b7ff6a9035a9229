/*
 * The peer of MemoryDiskServer: libfuse's low-level interface, its own multi-threaded loop, and the
 * file "memory" of so many bytes, answered where they lie in memory (one writev per read).
 *
 *   cc -O2 -o fuse_memory fuse_memory.c $(pkg-config --cflags --libs fuse3)
 *   ./fuse_memory BYTES THREADS -f -o ro,allow_other DIR
 */
#define FUSE_USE_VERSION 312
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NAME "memory"
#define FILE_INODE 2
#define YEAR (365.0 * 24 * 3600)

static char *memory;
static size_t length;

/* MemoryDisk.wordAt */
static void fill(void)
{
	for (size_t at = 0; at + 8 <= length; at += 8) {
		uint64_t word = (at + 1) * UINT64_C(0x9E3779B97F4A7C15);
		memcpy(memory + at, &word, 8);
	}
}

static int attributes(fuse_ino_t inode, struct stat *to)
{
	memset(to, 0, sizeof *to);
	to->st_ino = inode;
	if (inode == FUSE_ROOT_ID) {
		to->st_mode = S_IFDIR | 0555;
		to->st_nlink = 2;
	} else if (inode == FILE_INODE) {
		to->st_mode = S_IFREG | 0444;
		to->st_nlink = 1;
		to->st_size = length;
	} else {
		return -1;
	}
	return 0;
}

static void look_up(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = {
		.ino = FILE_INODE, .attr_timeout = YEAR, .entry_timeout = YEAR,
	};

	if (parent != FUSE_ROOT_ID || strcmp(name, NAME) != 0) {
		fuse_reply_err(request, ENOENT);
		return;
	}
	attributes(FILE_INODE, &entry.attr);
	fuse_reply_entry(request, &entry);
}

static void get_attributes(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	struct stat found;

	(void) info;
	if (attributes(inode, &found) == 0)
		fuse_reply_attr(request, &found, YEAR);
	else
		fuse_reply_err(request, ENOENT);
}

static void open_file(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	if (inode != FILE_INODE) {
		fuse_reply_err(request, EISDIR);
	} else if ((info->flags & O_ACCMODE) != O_RDONLY) {
		fuse_reply_err(request, EROFS);
	} else {
		info->keep_cache = 1;
		fuse_reply_open(request, info);
	}
}

static void read_file(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset,
		      struct fuse_file_info *info)
{
	(void) inode;
	(void) info;
	if ((size_t) offset >= length)
		fuse_reply_buf(request, NULL, 0);
	else
		fuse_reply_buf(request, memory + offset,
			       size < length - offset ? size : length - offset);
}

static const struct fuse_lowlevel_ops operations = {
	.lookup = look_up,
	.getattr = get_attributes,
	.open = open_file,
	.read = read_file,
};

int main(int count, char **arguments)
{
	if (count < 4) {
		fprintf(stderr, "usage: fuse_memory BYTES THREADS [-o OPTIONS] DIR\n");
		return 2;
	}
	length = strtoull(arguments[1], NULL, 10);
	int threads = atoi(arguments[2]);
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	fill();

	arguments[2] = arguments[0];
	struct fuse_args args = FUSE_ARGS_INIT(count - 2, arguments + 2);
	struct fuse_cmdline_opts options;
	if (fuse_parse_cmdline(&args, &options) != 0)
		return 2;
	struct fuse_session *session =
		fuse_session_new(&args, &operations, sizeof operations, NULL);
	if (session == NULL || fuse_set_signal_handlers(session) != 0 ||
	    fuse_session_mount(session, options.mountpoint) != 0)
		return 1;
	struct fuse_loop_config *loop = fuse_loop_cfg_create();
	fuse_loop_cfg_set_max_threads(loop, threads);
	fuse_loop_cfg_set_idle_threads(loop, threads);
	printf("%s/%s\n", options.mountpoint, NAME);
	fflush(stdout);
	int ended = fuse_session_loop_mt(session, loop);
	fuse_session_unmount(session);
	fuse_remove_signal_handlers(session);
	fuse_session_destroy(session);
	return ended == 0 ? 0 : 1;
}
