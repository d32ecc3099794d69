/** IP protocols and address families that the kernel treats apart (linux/in.h, linux/socket.h). */

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const DCCP = 33;
export const ICMPV6 = 58;
export const SCTP = 132;
export const UDPLITE = 136;

export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 10;
