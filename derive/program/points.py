"""What emitted functions share: arrays of any library in, blocks of points, arrays of the same library out.

A program is a function of the array library, the number one and arrays of points. The texts below stand between it and
its user: broadcasting, one precision, blocks that stay in the cache, dask's blocks when they are asked for. They need
NumPy only and use the functions of the array API standard, as the programs do.
"""

from __future__ import annotations

BLOCK = 2**13
NUMBERS = '''\
def _numbers(*values):
    """The array library, the broadcast shape, the number one, and the values as arrays of one precision.

    Single if all arrays are, else double; exact numbers (objects) stay exact.
    """
    foreign = [v for v in values if hasattr(v, "__array_namespace__") and type(v).__module__ != "numpy"]
    xp, place = (foreign[0].__array_namespace__(), {"device": foreign[0].device}) if foreign else (np, {})
    arrays = [xp.asarray(v, **place) for v in values]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    exact = [a for a in arrays if a.dtype == object]
    if exact and all(isinstance(v, int) for a in exact for v in a.flat):
        # whole numbers that 64 bits do not hold, beside no exact ones
        arrays, exact = [a.astype(float) if a.dtype == object else a for a in arrays], []
    if exact:
        one = next((a.flat[0]*0 + 1 for a in exact if a.size), 1)
        return [np, shape, np.array(one, object), *(a.astype(object) for a in arrays)]
    given = [a.dtype for v, a in zip(values, arrays) if hasattr(v, "dtype")]
    single = given and all(d in (xp.float32, xp.complex64) for d in given)
    real, pair = (xp.float32, xp.complex64) if single else (xp.float64, xp.complex128)
    kinds = [pair if xp.isdtype(a.dtype, "complex floating") else real for a in arrays]
    return [xp, shape, xp.ones((), dtype=real, **place), *(xp.asarray(a, dtype=k) for a, k in zip(arrays, kinds))]
'''
ABS2 = '''\
def _abs2(z):
    """|z|², real where the numbers are."""
    kind = getattr(z.dtype, "kind", "")  # NumPy's: isdtype takes as long as thousands of products
    if kind == "f":
        return z*z
    if kind == "O":
        return z*np.conj(z)
    xp = z.__array_namespace__()
    complex_ = kind == "c" or xp.isdtype(z.dtype, "complex floating")
    return xp.real(z)**2 + xp.imag(z)**2 if complex_ else z*z
'''
REAL = '''\
def _real(z):
    """Re z."""
    if z.dtype == object:
        return (z + np.conj(z))/2
    return (z.__array_namespace__() if hasattr(z, "__array_namespace__") else np).real(z)
'''
POINTS = '''\
def _over_points(function, head, kind, values, block=None, real=()):
    """function(xp, one, *values) at the points of the broadcast values, as an array of shape (*head, *broadcast).

    In the library, on the device and in the precision of the values; dask's blocks when they are asked for. With
    `block` the function sees NumPy's doubles, so many points at a time. The kind is float, complex, or None for what it
    makes; `real` are the names of the last values, empty where one may be complex.
    """
    if any(hasattr(v, "map_blocks") for v in values):
        return _lazily(function, head, kind, values, block, real)
    library, shape, unit, *arrays = _numbers(*values)
    for name, a in zip(reversed(real), reversed(arrays)):
        turned = name and getattr(a.dtype, "kind", "c") == "c" and library.isdtype(a.dtype, "complex floating")
        if turned and library.any(library.imag(a) != 0):
            raise ValueError(f"{name} must be real, but is complex; declare it complex in the network.")
    xp, rows = library, int(np.prod(head, dtype=int))
    if block:
        out = _in_blocks(function, rows, kind, np.ones(()), [_doubles(a) for a in arrays], shape, block)
    elif xp is np:
        out = _in_blocks(function, rows, kind, unit, arrays, shape, _BLOCK)
    else:
        lines = [xp.reshape(xp.broadcast_to(a, shape) if a.size > 1 else a, (-1,)) for a in (unit, *arrays)]
        with np.errstate(all="ignore"):
            found = function(xp, *lines)
        if kind is float:
            found = [xp.real(v) if xp.isdtype(v.dtype, "complex floating") else v for v in found]
        dtype = xp.result_type(*found, *([xp.complex64] if kind is complex else []))
        size = (int(np.prod(shape, dtype=int)),)
        out = xp.stack([xp.broadcast_to(xp.asarray(v, dtype=dtype), size) for v in found])
    if block and unit.dtype != object:
        pair = library.result_type(unit.dtype, library.complex64)
        out = library.asarray(out, dtype=pair if kind is complex else unit.dtype, device=unit.device)
    return library.reshape(out, (*head, *shape))


def _in_blocks(function, rows, kind, one, arrays, shape, block):
    """The rows that a function makes of NumPy arrays, block by block, so that what is between stays in the cache."""
    dtype = {float: one.dtype, complex: np.result_type(one, np.complex64)}.get(kind)
    points = int(np.prod(shape, dtype=int))
    out = None if points else np.empty((rows, 0), dtype or one.dtype)
    lines = [
        a.reshape(1) if a.size == 1
        else a.reshape(-1) if a.shape == shape and a.flags.c_contiguous
        else np.broadcast_to(a, shape).flat
        for a in arrays
    ]
    if points > block:
        # glibc hands memory back at every chance until something as large was freed; 32 MB is the most that it heeds.
        np.empty(4*10**6)
    with np.errstate(all="ignore"):
        for start in range(0, points, block):
            part = slice(start, start + block)
            found = function(np, one.reshape(1), *(a if len(a) == 1 else a[part] for a in lines))
            if out is None:
                out = np.empty((rows, points), dtype or np.result_type(*found))
            for row, v in zip(out, found):
                row[part] = v.real if kind is float and one.dtype != object else v
    return out


def _lazily(function, head, kind, values, block, real):
    """The same for arrays in blocks, dask's: one task a block, when it is asked for."""
    first = next(v for v in values if hasattr(v, "map_blocks"))
    # Arrays that are in memory are cut as well, and all at the same places.
    at = [k for k, v in enumerate(values) if hasattr(v, "map_blocks") or np.ndim(v)]
    cut = np.broadcast_arrays(*(np.asarray(values[k], like=first) for k in at))
    values = [cut[at.index(k)] if k in at else v for k, v in enumerate(values)]
    points = [np.ones(1, v.dtype) if k in at else v for k, v in enumerate(values)]
    return cut[0].map_blocks(
        lambda _, *some: _over_points(function, head, kind, some, block, real),
        *values,
        dtype=_over_points(function, head, kind, points, block).dtype,
        new_axis=list(range(len(head))),
        chunks=(*((size,) for size in head), *cut[0].chunks),
        meta=np.empty((0,)*(len(head) + cut[0].ndim)),
    )


def _doubles(array):
    """NumPy's doubles of an array of any library, or of exact numbers."""
    if array.dtype == object:
        values = np.array([complex(value) for value in array.flat]).reshape(array.shape)
        return values if values.imag.any() else values.real
    array = array if isinstance(array, np.ndarray) else np.from_dlpack(array)
    return array.astype(np.result_type(array, np.float64), copy=False)
'''
