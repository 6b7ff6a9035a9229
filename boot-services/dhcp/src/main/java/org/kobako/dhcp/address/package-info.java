/** IPv4 addresses, subnets and ranges: values without any rule of DHCP. */
@NullMarked
package org.kobako.dhcp.address;

import org.jspecify.annotations.NullMarked;
