package org.kobako.caching.proxy;

import org.kobako.caching.proxy.fetch.FetchStatus;

/**
 * What a proxy holds, and has done.
 *
 * @param blocks in the cache
 * @param usedBytes of the disk
 * @param quotaBytes the most of those
 */
public record ProxyStatus(int blocks, long usedBytes, long quotaBytes, FetchStatus fetches) {}
